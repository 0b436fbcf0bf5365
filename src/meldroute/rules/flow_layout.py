"""Where the boxes and tracks of a flowchart stand. Own arithmetic: the picture must come out the same everywhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from .policy import Policy

WIDTH = 344  # of a box
PAD = 14
LINE = 18  # from one line of text to the next
GAP = 34  # between boxes: room for the flag "you are here"
LANE = 18  # between tracks
CHARACTERS = 37  # on a line: what fits in a box at 14 px, in a wide type and bold
NAME_CHARACTERS = 27  # the same for a name at 16 px, with room for "start" or "end"
CORNER = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A step that leaves the state, or (`to` None) the route of a form."""

    texts: tuple[str, ...]
    y: int  # of the first text
    to: str | None


@dataclass(frozen=True, slots=True)
class Box:
    state: str
    names: tuple[str, ...]
    x: int
    y: int
    height: int
    lines: tuple[Line, ...]

    @property
    def name_y(self) -> int:
        return self.y + 26


@dataclass(frozen=True, slots=True)
class Track:
    start: str
    end: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    order: tuple[str, ...]
    boxes: tuple[Box, ...]
    tracks: tuple[Track, ...]
    width: int
    height: int


def lay_out(policy: Policy, *, language: str) -> Layout:
    order = flow_order(policy)
    rank = {state: n for n, state in enumerate(order)}
    moves = {s: _moves(policy, s, language) for s in order}
    forward = _lanes((a, b, rank) for a in order for b, _ in moves[a] if rank[b] > rank[a])
    back = _lanes((b, a, rank) for a in order for b, _ in moves[a] if rank[b] <= rank[a])
    left = LANE * (max(back.values(), default=-1) + 1) + 14
    boxes = _boxes(policy, order, moves, left, language)
    tracks = tuple(_track(box, line, boxes, forward, back) for box in boxes.values() for line in box.lines if line.to)
    width = left + WIDTH + LANE * (max(forward.values(), default=-1) + 1) + 14
    last = boxes[order[-1]]
    return Layout(order, tuple(boxes.values()), tracks, width, last.y + last.height + 16)


def flow_order(policy: Policy) -> tuple[str, ...]:
    """Entries first, then each state as late as the longest way to it, without going round; ends last."""
    leads_to = {s.id: [t.to for t in policy.steps if s.id in t.from_states and t.to] for s in policy.states}
    depth: dict[str, int] = {}
    for entry in dict.fromkeys(e.state for e in policy.entries):
        _deepen(entry, 0, leads_to, depth, ())
    ends = {s.id for s in policy.states if not s.is_open}
    position = {s.id: n for n, s in enumerate(policy.states)}
    return tuple(sorted(position, key=lambda s: (s in ends, depth.get(s, len(position)), position[s])))


def _deepen(state: str, at: int, leads_to: Mapping[str, list[str]], depth: dict[str, int], path: tuple[str, ...]) -> None:
    """A way back to a state on the path is not followed, nor one to a state that the pack names earlier."""
    if depth.get(state, -1) >= at:
        return
    depth[state] = at
    names = list(leads_to)
    for after in leads_to[state]:
        if after not in path and after != state and names.index(after) > names.index(state):
            _deepen(after, at + 1, leads_to, depth, (*path, state))


def _moves(policy: Policy, state: str, language: str) -> list[tuple[str, str]]:
    steps = [t for t in policy.steps if state in t.from_states and t.to and t.to != state]
    return [(t.to, t.label.say(language)) for t in steps if t.to]


def _lanes(pairs: Iterable[tuple[str, str, Mapping[str, int]]]) -> dict[str, int]:
    """One lane for each state that tracks run to; tracks whose stretches overlap get different lanes, short ones inside.

    `pairs` hold the upper and the lower state; the lane is named after the state where the tracks end.
    """
    stretch: dict[str, tuple[int, int]] = {}
    for upper, lower, rank in pairs:
        end = lower
        top, bottom = stretch.get(end, (rank[upper], rank[lower]))
        stretch[end] = (min(top, rank[upper]), max(bottom, rank[lower]))
    lanes: dict[str, int] = {}
    for end, span in sorted(stretch.items(), key=lambda item: (item[1][1] - item[1][0], item[1])):
        taken = {lanes[other] for other in lanes if _overlap(stretch[other], span)}
        lanes[end] = next(n for n in range(len(stretch)) if n not in taken)
    return lanes


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _boxes(policy: Policy, order: tuple[str, ...], moves: Mapping[str, list[tuple[str, str]]], x: int, language: str
           ) -> dict[str, Box]:  # fmt: skip
    boxes: dict[str, Box] = {}
    y = GAP - 8
    for id in order:
        state = policy.state(id)
        texts = [(_wrapped(label), to) for to, label in moves[id]]
        if state.kind == "pass_on":
            texts = [(_wrapped(route), None) for route in _routes(policy)] + texts
        names = tuple(wrap(state.label.say(language), NAME_CHARACTERS))
        below = y + 26 + LINE * (len(names) - 1)
        lines, bottom = _lines(texts, below + LINE + 6)
        boxes[id] = Box(id, names, x, y, bottom - y - LINE + PAD if lines else below - y + 16, lines)
        height = boxes[id].height
        y += height + GAP
    return boxes


def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(wrap(text, CHARACTERS)) or ("",)


def _lines(texts: list[tuple[tuple[str, ...], str | None]], y: int) -> tuple[tuple[Line, ...], int]:
    lines = []
    for text, to in texts:
        lines.append(Line(text, y, to))
        y += LINE * len(text) + 4
    return tuple(lines), y


def _routes(policy: Policy) -> list[str]:
    """"SU: 1 AVIM, 2 zorgcoördinator": who hears of which form, in which order."""
    return [f"{route.form}: " + ", ".join(f"{n} {' + '.join(policy.partner(p).known_as for p in group)}"
                                          for n, group in enumerate(route.order, 1)) for route in policy.routes]


def _track(box: Box, line: Line, boxes: Mapping[str, Box], forward: Mapping[str, int], back: Mapping[str, int]) -> Track:
    """From the line straight out, along the lane of the state it leads to, and into that state's name."""
    target = boxes[str(line.to)]
    y, into = line.y - 5, target.name_y - 5
    if target.y > box.y:
        x = box.x + WIDTH
        lane = x + LANE * (forward[target.state] + 1)
    else:
        x = box.x
        lane = x - LANE * (back[box.state] + 1)
    return Track(box.state, target.state, ((x, y), (lane, y), (lane, into), (x, into)))


def rounded(points: tuple[tuple[float, float], ...]) -> str:
    """The path of a track. It bends where it turns, so that a turn never looks like a crossing."""
    (x, y), (lane, _), (_, into), _ = points
    out, down = (CORNER if lane > x else -CORNER), (CORNER if into > y else -CORNER)
    return (f"M{x:g} {y:g}H{lane - out:g}Q{lane:g} {y:g} {lane:g} {y + down:g}V{into - down:g}"
            f"Q{lane:g} {into:g} {lane - out:g} {into:g}H{x:g}")
