"""``python -m micrograd_nn.debugger``: a script in the debugger."""

from micrograd_nn.debugger import commands  # pdb empties the module __main__, which this one is

commands.main()
