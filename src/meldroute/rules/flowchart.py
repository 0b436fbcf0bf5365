"""Draw a policy's flow from the very data that runs it, as an accessible SVG and as rows for a table.

The states stand below each other in the order of the flow. Each box names its state and, line by line, the
steps that leave it; from each line a track runs beside the boxes to the state it leads to: forward on the
right, back on the left. All steps to one state share a track. "You are here" and the path walked are told in
words and shape, not by colour alone.

The SVG holds class names and no style (see `flowchart_style.py`): pages carry a policy against inline style.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from html import escape

from .flow_layout import LINE, PAD, WIDTH, Box, Layout, Line, lay_out, rounded
from .flowchart_style import STYLE
from .policy import Policy, State, Step

__all__ = ["FlowRow", "FlowStep", "FlowWords", "draw_flowchart", "flow_rows"]


@dataclass(frozen=True, slots=True)
class FlowWords:
    """What the drawing says in the reader's language; a page gives its own."""

    title: str = "Flowchart"
    description: str = "The states of a signal from top to bottom, and the steps between them. The table says the same."
    here: str = "You are here"
    walked: str = "The way it came"
    start: str = "start"
    end: str = "end"


@dataclass(frozen=True, slots=True)
class FlowStep:
    id: str
    label: str
    to: str | None  # label of the state it leads to; None: the signal stays
    by: tuple[str, ...]  # acts.ROLES
    needs: tuple[str, ...]  # what opens it, in the pack's words
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One state, for a table: everything the drawing says and what does not fit in it."""

    id: str
    state: str
    kind: str  # acts.STATE_KINDS
    next: str
    owner: str | None  # acts.OWNERS
    clock: str | None  # label of the norm
    source: str
    status: str
    follows: tuple[FlowStep, ...]  # steps that leave the state
    stays: tuple[FlowStep, ...]  # what can be done while the signal stays here
    is_here: bool
    was_visited: bool


def flow_rows(policy: Policy, *, language: str = "nl", here: str | None = None,
              walked: Iterable[tuple[str, str]] = ()) -> tuple[FlowRow, ...]:
    """The same flow as rows, in the order of the drawing: for screen readers and narrow screens."""
    visited = {state for pair in walked for state in pair}
    return tuple(_row(policy, policy.state(id), language, here, visited) for id in lay_out(policy, language=language).order)


def _row(policy: Policy, state: State, language: str, here: str | None, visited: Collection[str]) -> FlowRow:
    steps = [s for s in policy.steps if state.id in s.from_states]
    told = [_step(policy, s, language) for s in steps]
    return FlowRow(
        id=state.id, state=state.label.say(language), kind=state.kind, next=state.next.say(language), owner=state.owner,
        clock=policy.norm(state.clock).label.say(language) if state.clock else None, source=state.source,
        status=state.status, follows=tuple(s for s in told if s.to), stays=tuple(s for s in told if not s.to),
        is_here=state.id == here, was_visited=state.id in visited,
    )  # fmt: skip


def _step(policy: Policy, step: Step, language: str) -> FlowStep:
    return FlowStep(
        step.id, step.label.say(language), policy.state(step.to).label.say(language) if step.to else None,
        tuple(sorted(step.by)), tuple(policy.guard_text(g).opens_with.say(language) for g in step.guards),
        step.source, step.status,
    )  # fmt: skip


def draw_flowchart(policy: Policy, *, language: str = "nl", here: str | None = None,
                   walked: Iterable[tuple[str, str]] = (), words: FlowWords = FlowWords(), links: bool = False,
                   standalone: bool = False) -> str:
    """The flow as one `<svg>` element.

    `here` is the state of a signal, `walked` the moves it made, as pairs of state ids. With `links` each state
    is a link to `#state-<id>`; the picture is then a group of links and no image. `standalone` adds the style
    that pages have in their style sheet.
    """
    layout = lay_out(policy, language=language)
    path = tuple(walked)
    taken = frozenset(path)
    visited = {state for pair in taken for state in pair} | {here}
    boxes = "".join(_box(policy, box, here, taken, visited, words, links) for box in layout.boxes)
    tracks = "".join(_tracks(layout, taken))
    role = "group" if links else "img"
    style = f"<style>{STYLE}</style>" if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mr-flow" role="{role}" lang="{language}" '
        f'aria-labelledby="mr-flow-title mr-flow-desc" viewBox="0 0 {layout.width} {layout.height}" '
        f'width="{layout.width}" height="{layout.height}">'
        f'<title id="mr-flow-title">{escape(words.title)}: {escape(policy.name.say(language))}</title>'
        f'<desc id="mr-flow-desc">{escape(_told(policy, words, language, here, path))}</desc>{style}{_ARROW}{tracks}{boxes}</svg>'
    )  # fmt: skip


_ARROW = ('<defs><marker id="mr-flow-arrow" class="mr-flow__arrow" viewBox="0 0 8 8" refX="7.5" refY="4" '
          'markerWidth="12" markerHeight="12" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
          "</defs>")  # fmt: skip


def _told(policy: Policy, words: FlowWords, language: str, here: str | None, path: tuple[tuple[str, str], ...]) -> str:
    """What the picture says about one signal, for those who do not see it."""
    def name(state: str) -> str:
        return policy.state(state).label.say(language)

    told = [words.description]
    if path:
        told.append(f"{words.walked}: {', '.join([name(path[0][0]), *(name(end) for _, end in path)])}.")
    if here:
        told.append(f"{words.here}: {name(here)}.")
    return " ".join(told)


def _tracks(layout: Layout, taken: Collection[tuple[str, str]]) -> Iterable[str]:
    """Lines under the boxes: tracks not taken first, so that a walked one stays whole where they cross."""
    for track in sorted(layout.tracks, key=lambda t: (t.start, t.end) in taken):
        walked = " mr-flow__track--walked" if (track.start, track.end) in taken else ""
        yield f'<path class="mr-flow__track{walked}" d="{rounded(track.points)}" marker-end="url(#mr-flow-arrow)"/>'


def _box(policy: Policy, box: Box, here: str | None, taken: Collection[tuple[str, str]], visited: Collection[str | None],
         words: FlowWords, links: bool) -> str:  # fmt: skip
    state = policy.state(box.state)
    marks = [f"mr-flow__box--{state.kind.replace('_', '-')}", *(["mr-flow__box--here"] if box.state == here else []),
             *(["mr-flow__box--visited"] if box.state in visited else [])]  # fmt: skip
    round_ = 22 if state.kind in ("entry", "end") else 6
    inner = (
        f'<rect class="mr-flow__box {" ".join(marks)}" x="{box.x}" y="{box.y}" width="{WIDTH}" height="{box.height}" '
        f'rx="{round_}"/>{_ring(box) if state.kind == "end" else ""}'
        f'{_texts(box.x + PAD, box.name_y, box.names, "mr-flow__name")}{_kind_word(box, state, words)}'
    )  # fmt: skip
    named = f'<a href="#state-{escape(box.state)}">{inner}</a>' if links else inner
    lines = "".join(_line(box, line, taken) for line in box.lines)
    return f'<g class="mr-flow__state">{named}{lines}{_here(box, words) if box.state == here else ""}</g>'


def _ring(box: Box) -> str:
    """An end has a double line."""
    return (f'<rect class="mr-flow__ring" x="{box.x + 4}" y="{box.y + 4}" width="{WIDTH - 8}" '
            f'height="{box.height - 8}" rx="18"/>')  # fmt: skip


def _kind_word(box: Box, state: State, words: FlowWords) -> str:
    word = {"entry": words.start, "end": words.end}.get(state.kind)
    return (f'<text class="mr-flow__kind" x="{box.x + WIDTH - PAD}" y="{box.name_y}" text-anchor="end">{escape(word)}'
            "</text>") if word else ""  # fmt: skip


def _line(box: Box, line: Line, taken: Collection[tuple[str, str]]) -> str:
    """A step that was taken is ticked and bold."""
    if line.to is None:
        return _texts(box.x + PAD, line.y, line.texts, "mr-flow__route")
    if (box.state, line.to) not in taken:
        return _texts(box.x + PAD, line.y, line.texts, "mr-flow__step")
    ticked = (f"✓ {line.texts[0]}", *line.texts[1:])
    return _texts(box.x + PAD, line.y, ticked, "mr-flow__step mr-flow__step--walked")


def _here(box: Box, words: FlowWords) -> str:
    """A flag that points at the box: shape and words."""
    x, y = box.x + 40, box.y - 27
    return (f'<path class="mr-flow__flag" d="M{x} {y}h140v20h-62l-8 6-8-6h-62z"/>'
            f'<text class="mr-flow__here" x="{x + 70}" y="{y + 15}" text-anchor="middle">{escape(words.here)}</text>')


def _texts(x: int, y: int, texts: Iterable[str], kind: str) -> str:
    return "".join(f'<text class="{kind}" x="{x}" y="{y + n * LINE}">{escape(t)}</text>' for n, t in enumerate(texts))
