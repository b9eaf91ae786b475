namespace SentinelHealth.Response.Reports;

/// <summary>The one style of HTML reports: light, dark, narrow and on paper.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root{--ink:#16232e;--soft:#4a5b69;--line:#d5dde4;--paper:#fff;--tint:#f3f6f9;--brand:#0b5c7d;--bar:#1f7fa8;--warn:#8a4b00;--warnbg:#fff4e3}
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a6b5c2;--line:#33424e;--paper:#11181e;--tint:#1a242c;--brand:#7cc7e8;--bar:#3f9cc6;--warn:#ffc680;--warnbg:#33260f}}
        *{box-sizing:border-box}
        html{background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        body{max-width:62rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:anywhere}
        header{border-bottom:3px solid var(--brand);padding-bottom:1rem;margin-bottom:1.5rem}
        .org{margin:0;color:var(--brand);font-weight:600;letter-spacing:.02em}
        h1{font-size:2rem;line-height:1.2;margin:.2rem 0 .4rem}
        .sub{font-size:1.1rem;margin:0 0 .5rem}
        .meta,footer{color:var(--soft);font-size:.875rem;margin:0}
        nav{background:var(--tint);border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin-bottom:2rem}
        nav h2{font-size:1rem;margin:0 0 .4rem;border:0;padding:0}
        nav ol{margin:0;padding-left:1.6rem;columns:2;column-gap:2.5rem}
        a{color:var(--brand);text-underline-offset:.15em}
        a:focus-visible,.scroll:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
        section{margin:0 0 2.25rem}
        h2{font-size:1.3rem;border-bottom:1px solid var(--line);padding-bottom:.3rem;margin:0 0 .9rem}
        .no{color:var(--brand);font-variant-numeric:tabular-nums;margin-right:.35rem}
        p{margin:0 0 .75rem;max-width:48rem}
        .lead{font-size:1.125rem;line-height:1.6}
        .note{color:var(--soft);font-size:.9rem}
        .warning{background:var(--warnbg);color:var(--warn);border-left:4px solid var(--warn);padding:.6rem .9rem;border-radius:.25rem}
        dl{margin:0 0 1rem;border-top:1px solid var(--line)}
        dl div{display:grid;grid-template-columns:minmax(9rem,15rem) 1fr;gap:.25rem 1.25rem;padding:.45rem 0;border-bottom:1px solid var(--line)}
        dt{color:var(--soft)}
        dd{margin:0;font-variant-numeric:tabular-nums}
        .basis{display:block;color:var(--soft);font-size:.85rem}
        .scroll{overflow-x:auto;margin:0 0 1.25rem}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        caption{text-align:left;font-weight:600;padding:.25rem 0 .4rem}
        th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}
        th{background:var(--tint);color:var(--ink);white-space:nowrap}
        .code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.82em;overflow-wrap:anywhere}
        td.code{min-width:9rem}
        figure{margin:0 0 1.25rem}
        figcaption{font-weight:600;margin-bottom:.4rem}
        svg{width:100%;height:auto;max-width:54rem;display:block}
        svg text{fill:var(--ink);font-size:13px}
        svg .soft{fill:var(--soft)}
        svg .bar{fill:var(--bar)}
        svg .track{fill:var(--tint)}
        svg .line{stroke:var(--line);stroke-width:1}
        footer{border-top:1px solid var(--line);padding-top:.75rem}
        @media (max-width:40rem){nav ol{columns:1}dl div{grid-template-columns:1fr}h1{font-size:1.6rem}}
        @media print{:root{--ink:#000;--soft:#333;--line:#bbb;--paper:#fff;--tint:#eee;--brand:#0b4a66;--bar:#0b4a66;--warn:#5c3200;--warnbg:#fff}
        @page{size:A4;margin:18mm 16mm}
        html{font-size:10.5pt}body{max-width:none;padding:0}nav{break-after:page}h2,caption{break-after:avoid}tr,figure,dl div{break-inside:avoid}thead{display:table-header-group}.scroll{overflow:visible}}
        @media (forced-colors:active){svg .bar{fill:CanvasText}svg text{fill:CanvasText}}
        """;
}
