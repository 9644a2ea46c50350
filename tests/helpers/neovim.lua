-- Steps through a server's graph with nvim-dap, and writes down what a user sees.
vim.cmd('runtime plugin/dap.lua')
local dap = require('dap')
local seen = { lines = {}, reasons = {} }
dap.adapters.micrograd_nn =
  { type = 'server', host = '127.0.0.1', port = tonumber(vim.env.ADAPTER_PORT) }
dap.listeners.after.event_stopped['test'] = function(_, body)
  table.insert(seen.reasons, body.reason)
end

local function look()
  local count = #seen.lines + 1
  vim.wait(5000, function()
    local session = dap.session()
    return #seen.reasons == count and session ~= nil and session.current_frame ~= nil
  end, 20)
  vim.wait(200) -- until the cursor is there
  table.insert(seen.lines, vim.trim(vim.api.nvim_get_current_line()))
end

dap.run({ type = 'micrograd_nn', request = 'attach', name = 'micrograd_nn' })
look()
dap.step_over()
look()
dap.step_back()
look()
dap.reverse_continue()
look()
vim.api.nvim_win_set_cursor(0, { 16, 0 })
dap.toggle_breakpoint()
vim.wait(300) -- until the server knows of it
dap.continue()
look()
dap.session():evaluate('2*w + d_v6', function(_, answer)
  seen.result = answer and answer.result
end)
vim.wait(5000, function() return seen.result ~= nil end, 20)
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.SEEN)
vim.cmd('qa!')
