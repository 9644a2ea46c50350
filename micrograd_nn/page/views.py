"""What a page's picture shows of a graph: its groups, its repeats and short names, no geometry.

The page lays out what is open of it by itself, so that boxes open and close where they are.
"""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..graph.folding import Folding, Repeat
from ..graph.graph import Graph
from ..graph.groups import GroupTree
from ..graph.matrices import find_matrix
from ..graph.paths import find_nearest

DEPTH_NAMES = {"node": "every node", "neuron": "neurons", "layer": "layers"}
MOST_ONE_BY_ONE = 2_000  # nodes that a page shows at once
MOST_COMPUTED = 30_000  # nodes that a page computes; of a larger graph it has those it can show


def describe_view(graph: Graph) -> tuple[dict[str, Any], str]:
    """Return a graph's groups and the repeats among them, as a page takes them; and what to know.

    Repeats and nodes are by number, and ``stands`` has the node that stands for each.
    """
    folding = graph.folding_of_use
    groups = graph.group(folding)
    standing = len(set(folding.places.values()))
    depths = ["neuron", "layer", "node"] if has_neurons(groups) else ["node"]
    told: list[str] = []
    kept: set[Value] | None = None
    if standing > MOST_ONE_BY_ONE and len(depths) > 1:
        depths.remove("node")
        told.append(
            f"The graph has {standing:,} nodes, more than a page shows at once "
            f"({MOST_ONE_BY_ONE:,}): it shows neurons and layers, of which you can open some."
        )
    elif standing > MOST_ONE_BY_ONE:
        kept = find_nearest_nodes(graph.root).intersection(folding.places.values())
        told.append(
            f"The {len(kept):,} nodes nearest to the root are drawn; "
            f"{standing - len(kept):,} more are left out."
        )
    if graph.left_out:
        told.append(
            f"The page has the {len(graph.nodes):,} nodes nearest to the root; {graph.left_out:,} "
            f"more are left out, and {len(graph.cut):,} that were made from them keep their "
            "numbers."
        )
    if folding.repeats:
        counts = dict.fromkeys(f"{len(repeat):,}" for repeat in folding.repeats)
        told.append(
            f"{' and '.join(counts)} repetitions are alike but for numbers: "
            "one is shown for all, by itself the last."
        )
    repeats = [describe_repeat(graph, folding, repeat) for repeat in folding.repeats]
    stands = [graph.places[folding.places[node]] for node in graph.nodes] if repeats else []
    names = {
        graph.places[node]: name
        for node, name in graph.short_names.items()
        if name != graph.names[node]
    }
    view = {
        "tree": describe_tree(graph, groups, kept),
        "stands": stands,
        "repeats": repeats,
        "names": names,
        "depths": [[depth, DEPTH_NAMES[depth]] for depth in depths],
    }
    return view, " ".join(told)


def has_neurons(tree: GroupTree) -> bool:
    """Tell whether there are neurons, or layers, among groups."""
    return any(group.kind != "repeat" or has_neurons(group) for group in tree.groups.values())


def keep_near_root(graph: Graph) -> Graph:
    """Return a graph that a page can take: of a very large one the part nearest to the root."""
    if len(graph.nodes) <= MOST_COMPUTED:
        return graph
    return graph.part(find_nearest_nodes(graph.root))


def find_nearest_nodes(root: Value) -> set[Value]:
    """Return the nodes nearest to a root, as many as a page shows at once."""
    return set(find_nearest(root, lambda node: node.inputs, MOST_ONE_BY_ONE))


def describe_tree(graph: Graph, tree: GroupTree, kept: set[Value] | None) -> dict[str, Any]:
    """Return a group and those in it, with the numbers of its nodes."""
    nodes = [graph.places[node] for node in tree.nodes if kept is None or node in kept]
    groups = [describe_tree(graph, group, kept) for group in tree.groups.values()]
    return {
        "kind": tree.kind,
        "name": "repeat" if tree.kind == "repeat" else graph.short_groups.get(tree.name, tree.name),
        "title": tree.name,
        "times": tree.times,
        "nodes": nodes,
        "groups": [group for group in groups if group["nodes"] or group["groups"]],
        "matrix": describe_matrix(graph, tree) if kept is None and tree.kind == "layer" else None,
    }


def describe_matrix(graph: Graph, layer: GroupTree) -> dict[str, Any] | None:
    """Return which nodes a layer computes as a matrix, and where in them its weights are."""
    found = find_matrix(layer.walk_nodes(), graph.users)
    if found is None:
        return None
    return {
        "sums": [graph.places[node] for node in found.sums],
        "outputs": [graph.places[node] for node in found.outputs],
        "activation": found.activation,
        "columns": len(found.inputs[0]),
        "examples": len(found.inputs),
        "weightsAt": found.weights_at,
    }


def describe_repeat(graph: Graph, folding: Folding, repeat: Repeat) -> dict[str, Any]:
    """Return the nodes of each repetition of a repeat, with the numbers that it has for itself."""

    def list_own(node: Value) -> list[Value]:
        given = [x for x in node.inputs if x.operation is None]
        return [*[x for x in given if folding.places[x] in folding.members], node]

    rows = [[x for node in part if node is not None for x in list_own(node)] for part in repeat]
    return {"rows": [[graph.places[x] for x in dict.fromkeys(row)] for row in rows]}
