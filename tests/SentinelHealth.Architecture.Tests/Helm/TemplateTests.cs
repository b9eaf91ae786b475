namespace SentinelHealth.Architecture.Tests.Helm;

/// <summary>The renderer of charts does what Helm does with the words it knows, and refuses all others.</summary>
public sealed class TemplateTests
{
    private static readonly Dictionary<string, object?> Dot = HelmChart.Map("""
        name: watch
        count: 3
        none: ""
        list: [a, b]
        map: { y: "2", x: "1" }
        """);

    [Theory]
    [InlineData("{{ .name | quote }}", "\"watch\"")]
    [InlineData("a\n{{- .name -}}\n b", "awatchb")]
    [InlineData("{{ if .none }}x{{ else }}y{{ end }}", "y")]
    [InlineData("{{ if .absent }}x{{ end }}z", "z")]
    [InlineData("{{ range $i, $one := .list }}{{ $i }}{{ $one }}{{ $.name }} {{ end }}", "0awatch 1bwatch ")]
    [InlineData("{{ range $k, $v := .map }}{{ $k }}={{ $v }};{{ end }}", "x=1;y=2;")]
    [InlineData("{{ .none | default \"d\" }}{{ default 7 .count }}", "d3")]
    [InlineData("k:{{ .list | toYaml | nindent 2 }}", "k:\n  - a\n  - b")]
    [InlineData("{{ printf \"%s-%d\" .name .count }}", "watch-3")]
    [InlineData("{{ (dict \"a\" .count \"b\" 2).none }}", null)]
    [InlineData("{{ .absent }}", null)]
    [InlineData("{{ lower .name }}", null)]
    [InlineData("{{ with .map }}{{ end }}", null)]
    [InlineData("{{ if .name }}", null)]
    public void A_template_gives_what_helm_gives_or_is_refused(string template, string? expected)
    {
        var (text, fault) = (default(string), default(Exception));
        try
        {
            text = Render(template);
        }
        catch (FormatException refused)
        {
            fault = refused;
        }
        Assert.Equal(expected, text);
        Assert.Equal(expected is null, fault is not null);
    }

    [Fact]
    public void A_required_value_that_is_empty_ends_with_the_message_of_the_chart() =>
        Assert.Equal("Say it.", Assert.Throws<InvalidOperationException>(() => Render("{{ required \"Say it.\" .none }}")).Message);

    private static string Render(string template) => HelmChart.RenderText(template, Dot);
}
