using System.Text.Json.Serialization;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Reports;

/// <summary>A report before it is drawn: the same one is rendered as HTML, PDF, JSON and CSV. Plain text throughout, never markup.</summary>
public sealed record ReportDocument
{
    /// <summary>What kind of report, such as <c>incident</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its identifier: the kind and what it is about.</summary>
    public required string Id { get; init; }

    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>One line below it.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>The organization it is for.</summary>
    public string Organization { get; init; } = "";

    /// <summary>As of when everything in it holds. No other clock is in a report.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The program and version that wrote it.</summary>
    public required string WrittenBy { get; init; }

    /// <summary>What a report over a period is of, so that it can be written again; null for reports about one incident.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportScope? Scope { get; init; }

    /// <summary>Its sections in order.</summary>
    public required IReadOnlyList<ReportSection> Sections { get; init; }
}

/// <summary>What a report over a period is of.</summary>
/// <param name="From">The beginning.</param>
/// <param name="To">The end, which is not in it.</param>
/// <param name="Subject">The person it is about, by pseudonym; empty when it is about nobody.</param>
/// <param name="Below">What was recorded with this number or a higher one is not in it, so that it can be written again later.</param>
public sealed record ReportScope(DateTimeOffset From, DateTimeOffset To, string Subject, long Below);

/// <summary>One section.</summary>
/// <param name="Title">Its heading; numbers are given when it is drawn.</param>
/// <param name="Blocks">What it holds, in order.</param>
public sealed record ReportSection(string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>Anything a section can hold.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "block")]
[JsonDerivedType(typeof(ReportText), "text")]
[JsonDerivedType(typeof(ReportFacts), "facts")]
[JsonDerivedType(typeof(ReportTable), "table")]
[JsonDerivedType(typeof(ReportBars), "bars")]
[JsonDerivedType(typeof(ReportColumns), "columns")]
[JsonDerivedType(typeof(ReportTimeline), "timeline")]
public abstract record ReportBlock;

/// <summary>How a text stands out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReportTone>))]
public enum ReportTone
{
    /// <summary>Not at all.</summary>
    [JsonStringEnumMemberName("plain")] Plain,

    /// <summary>The first thing to read.</summary>
    [JsonStringEnumMemberName("lead")] Lead,

    /// <summary>A remark about how something was made.</summary>
    [JsonStringEnumMemberName("note")] Note,

    /// <summary>Something that must be done.</summary>
    [JsonStringEnumMemberName("warning")] Warning,
}

/// <summary>A paragraph.</summary>
/// <param name="Text">Plain text.</param>
/// <param name="Tone">How it stands out.</param>
public sealed record ReportText(string Text, ReportTone Tone = ReportTone.Plain) : ReportBlock;

/// <summary>Names and values.</summary>
/// <param name="Items">In order.</param>
public sealed record ReportFacts(IReadOnlyList<ReportFact> Items) : ReportBlock;

/// <summary>A name and its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
/// <param name="Basis">How the value was made; empty when it speaks for itself.</param>
public sealed record ReportFact(string Name, string Value, string Basis = "");

/// <summary>A table.</summary>
/// <param name="Caption">What it lists.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, each with as many cells as there are columns.</param>
public sealed record ReportTable(
    string Caption, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportBlock;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Weight">Its share of the width.</param>
/// <param name="IsCode">Whether it holds identifiers and digests.</param>
public sealed record ReportColumn(string Name, double Weight = 1, bool IsCode = false);

/// <summary>A chart of bars.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Bars">Its bars in order.</param>
public sealed record ReportBars(string Caption, IReadOnlyList<ReportBar> Bars) : ReportBlock;

/// <summary>One bar.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Value">Its length, 0 or more.</param>
/// <param name="Text">The value as people read it.</param>
public sealed record ReportBar(string Label, double Value, string Text);

/// <summary>A chart of upright columns side by side, such as one a day.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Its columns in order; labels that would touch are left out.</param>
public sealed record ReportColumns(string Caption, IReadOnlyList<ReportBar> Columns) : ReportBlock;

/// <summary>A chart of moments in lanes.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Marks">Its marks in time.</param>
public sealed record ReportTimeline(string Caption, IReadOnlyList<ReportMark> Marks) : ReportBlock;

/// <summary>One moment.</summary>
/// <param name="At">When.</param>
/// <param name="Lane">In which lane.</param>
/// <param name="Label">What.</param>
public sealed record ReportMark(DateTimeOffset At, string Lane, string Label);

/// <summary>One version of a report with the signatures under it.</summary>
/// <param name="Document">The report.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Sha256">SHA-256 of its canonical JSON, in lower-case hex: what people sign.</param>
/// <param name="SignOffs">Signatures, oldest first.</param>
public sealed record SignedReport(ReportDocument Document, int Version, string Sha256, IReadOnlyList<SignOff> SignOffs);
