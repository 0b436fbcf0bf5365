"""The look of a flowchart that stands alone. Pages carry the same rules in their style sheet.

Classes: mr-flow (the drawing), mr-flow__state; mr-flow__box with --<kind of state>, --visited and --here;
mr-flow__ring (double line of an end), mr-flow__name, mr-flow__kind ("start", "end"), mr-flow__step with --walked,
mr-flow__route (a form and its partners), mr-flow__track with --walked, mr-flow__arrow, mr-flow__flag and
mr-flow__here ("you are here").
"""

STYLE = """
.mr-flow { font-family: system-ui, sans-serif; }
.mr-flow text { fill: #1b1b1b; font-size: 14px; }
.mr-flow__box { fill: #fff; stroke: #4a5560; stroke-width: 1.5; }
.mr-flow__box--visited { fill: #eef4fa; }
.mr-flow__box--here { stroke: #0b4f8a; stroke-width: 4; }
.mr-flow__ring { fill: none; stroke: #4a5560; stroke-width: 1; }
.mr-flow .mr-flow__name { font-size: 16px; font-weight: 700; }
.mr-flow .mr-flow__kind { fill: #4a5560; font-size: 13px; }
.mr-flow .mr-flow__route { fill: #4a5560; }
.mr-flow .mr-flow__step--walked { font-weight: 700; }
.mr-flow__track { fill: none; stroke: #6b7680; stroke-linejoin: round; stroke-width: 1.5; }
.mr-flow__track--walked { stroke: #0b4f8a; stroke-width: 4; }
.mr-flow__arrow { fill: #4a5560; }
.mr-flow__flag { fill: #0b4f8a; }
.mr-flow .mr-flow__here { fill: #fff; font-weight: 700; }
""".strip()
