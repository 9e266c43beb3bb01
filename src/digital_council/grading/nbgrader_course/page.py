"""The look of a feedback page: no script, nothing from elsewhere, and a policy in it that says so."""

import jinja2

TEMPLATE = """<!DOCTYPE html>
{% macro marks(cell) %}
{%- if cell.points is not none %} (Score: {{ (cell.score or 0.0) | round(2) }} /
 {{ cell.points | round(2) }}){% endif %}
{%- endmacro -%}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ name }}</title>
<style>
body { font: 1rem/1.5 sans-serif; color: #0b0c0c; max-width: 60rem; margin: 0 auto; padding: 1rem; }
pre { background: #f3f2f1; padding: .75rem; overflow-x: auto; white-space: pre-wrap; }
pre.error { border-left: 5px solid #d4351c; }
.cell { margin: 1rem 0; }
.marked { border: 1px solid #505a5f; padding: 0 1rem; }
.marked > h2 { font-size: 1rem; }
.said { border-left: 5px solid #1d70b8; padding-left: 1rem; }
table { border-collapse: collapse; } td, th { border: 1px solid #b1b4b6; padding: .25rem .5rem; }
img { max-width: 100%; }
</style>
</head>
<body>
<main>
<h1>{{ name }} (Score: {{ score | round(2) }} / {{ max | round(2) }})</h1>
<ol>
{%- for cell in cells if cell.title %}
<li><a href="#{{ cell.name }}">{{ cell.title }}</a>{{ marks(cell) }}
{%- if cell.comment %}, with a comment{% endif %}</li>
{%- endfor %}
{%- if late_penalty %}
<li>Late submission penalty (Score: -{{ late_penalty | round(2) }})</li>
{%- endif %}
</ol>
{%- for cell in cells %}
<div class="cell{% if cell.title %} marked{% endif %}">
{%- if cell.title %}
<h2 id="{{ cell.name }}">{{ cell.title }}: <code>{{ cell.name }}</code>{{ marks(cell) }}</h2>
{%- endif %}
{% if cell.code %}<pre><code>{{ cell.source }}</code></pre>{% else %}{{ cell.html }}{% endif %}
{%- for output in cell.outputs %}
{% if output.html %}<div>{{ output.html }}</div>
{%- elif output.image %}<img alt="A chart that this cell drew" src="data:{{ output.image }};base64,{{ output.body }}">
{%- else %}<pre class="{{ output.kind }}">{{ output.text }}</pre>{% endif %}
{%- endfor %}
{%- if cell.comment %}
<div class="said"><strong>Comments:</strong> {{ cell.said }}</div>
{%- endif %}
</div>
{%- endfor %}
</main>
</body>
</html>
"""

PAGE = jinja2.Environment(autoescape=True).from_string(TEMPLATE)
