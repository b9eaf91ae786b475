namespace SentinelHealth.Dashboard.Components.Charts;

/// <summary>One labelled amount of a chart.</summary>
/// <param name="Label">Its name for people.</param>
/// <param name="Value">Its amount, 0 or more.</param>
/// <param name="Css">Suffix of its fill style.</param>
/// <param name="Href">Where it leads; empty for nowhere.</param>
public sealed record Segment(string Label, double Value, string Css, string Href = "");
