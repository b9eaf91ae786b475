using System.Text.Json;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class ScoreCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_input_gives_the_same_bytes_twice()
    {
        await SimulateAsync();

        var first = await ScoreAsync("1");
        var second = await ScoreAsync("2");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        foreach (var name in new[] { "scores", "alerts", "incidents", "state" })
            Assert.Equal(Bytes(name + "1"), Bytes(name + "2"));
        Assert.NotEmpty(Bytes("alerts1"));
        Assert.NotEmpty(Bytes("incidents1"));
    }

    [Fact]
    public async Task There_is_one_line_for_each_event_in_the_order_of_the_input()
    {
        await SimulateAsync();
        await ScoreAsync("1");

        var asked = Lines("events").Select(line => line.GetProperty("id").GetString());
        var answered = Lines("scores1").ToList();

        Assert.Equal(asked, answered.Select(line => line.GetProperty("id").GetString()));
        Assert.All(answered, line =>
        {
            Assert.Equal(["id", "score", "pValue"], line.EnumerateObject().Select(member => member.Name));
            Assert.InRange(line.GetProperty("score").GetDouble(), 0, 1);
            Assert.InRange(line.GetProperty("pValue").GetDouble(), 0, 1);
        });
    }

    [Fact]
    public async Task Any_order_within_the_lateness_gives_the_same_scores()
    {
        await SimulateAsync();
        await ScoreAsync("1");
        var lines = await File.ReadAllLinesAsync(_folder.File("events"));
        // Neighbours are seconds to a few minutes apart, so swapping them stays within ten minutes.
        for (var i = 0; i + 1 < lines.Length; i += 2)
            (lines[i], lines[i + 1]) = (lines[i + 1], lines[i]);
        await File.WriteAllLinesAsync(_folder.File("events"), lines);

        await ScoreAsync("2");

        Assert.Equal(
            Lines("scores1").Select(line => line.GetRawText()).Order(StringComparer.Ordinal),
            Lines("scores2").Select(line => line.GetRawText()).Order(StringComparer.Ordinal));
        Assert.Equal(Bytes("alerts1"), Bytes("alerts2"));
    }

    [Fact]
    public async Task Alerts_and_incidents_have_the_published_members()
    {
        await SimulateAsync();
        await ScoreAsync("1");

        var alert = Lines("alerts1").First();
        var incident = Lines("incidents1").First();

        Assert.Equal(
            ["id", "time", "kind", "source", "severity", "score", "entity", "eventIds", "reason", "contributions", "incidentId"],
            alert.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["type", "id"], alert.GetProperty("entity").EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["feature", "value", "expected", "share"],
            alert.GetProperty("contributions")[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["id", "openedAt", "severity", "entities", "alertIds", "title"], incident.EnumerateObject().Select(member => member.Name));
        Assert.Contains(Lines("incidents1"), line => line.GetProperty("id").GetString() == alert.GetProperty("incidentId").GetString());
    }

    [Fact]
    public async Task Lines_that_cannot_be_read_are_named_and_the_others_are_scored()
    {
        await SimulateAsync();
        var lines = (await File.ReadAllLinesAsync(_folder.File("events"))).Take(10).ToList();
        lines.Insert(3, "{\"schema\":\"sentinel.ledger-transaction.v1\"");
        lines.Insert(7, "nonsense");
        await File.WriteAllLinesAsync(_folder.File("events"), lines);

        var run = await ScoreAsync("1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_folder.File("events")}:4: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{_folder.File("events")}:8: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(10, Lines("scores1").Count());
    }

    [Fact]
    public async Task Every_format_the_intake_knows_is_scored_and_an_act_reported_twice_once()
    {
        const string audit =
            """{"resourceType":"AuditEvent","id":"ae-1","type":{"code":"rest"},"subtype":[{"code":"read"}],"action":"R","recorded":"2026-11-21T07:00:00.000Z","outcome":"0","agent":[{"who":{"reference":"Practitioner/17"},"requestor":true}],"source":{"observer":{"reference":"Device/ehr"}},"entity":[{"what":{"reference":"Patient/9f3c"}}]}""";
        const string ecs =
            """{"@timestamp":"2026-11-21T07:01:00Z","event":{"id":"e-1","category":["iam"],"type":["access"],"outcome":"success"},"user":{"id":"17"},"service":{"name":"portal"}}""";
        await SimulateAsync(days: 0.1);
        var native = (await File.ReadAllLinesAsync(_folder.File("events")))[..3];
        await File.WriteAllLinesAsync(_folder.File("events"),
            [.. native, audit, $$$"""{"resourceType":"Bundle","type":"batch","entry":[{"resource":{{{audit}}}},{"resource":{"resourceType":"AuditEvent"}}]}""",
             ecs, """{"some":"thing"}"""]);

        var run = await ScoreAsync("1");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(5, Lines("scores1").Count());
        Assert.Contains("ecs:e-1", Lines("scores1").Select(line => line.GetProperty("id").GetString()));
        Assert.Contains($"{_folder.File("events")}:5: Bundle.entry[1]: MissingField", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{_folder.File("events")}:7: UnknownSchema", run.Error, StringComparison.Ordinal);
        Assert.Contains("Scored 5 events; 2 records could not be read", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 reported again", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_in_two_parts_ends_in_the_state_of_a_run_in_one()
    {
        await SimulateAsync();
        await ScoreAsync("whole");
        var lines = await File.ReadAllLinesAsync(_folder.File("events"));
        await File.WriteAllLinesAsync(_folder.File("events"), lines[..(lines.Length / 2)]);
        await ScoreAsync("a");
        await File.WriteAllLinesAsync(_folder.File("events"), lines[(lines.Length / 2)..]);

        await ScoreAsync("b", "--state-in", _folder.File("statea"));

        Assert.Equal(Bytes("statewhole"), Bytes("stateb"));
    }

    [Fact]
    public async Task Standard_streams_are_named_with_a_dash()
    {
        await SimulateAsync();
        await ScoreAsync("1");

        var run = await CommandRun.OfAsync(Bytes("events"), "score", "--input", "-", "--output", "-");

        Assert.Equal(System.Text.Encoding.UTF8.GetString(Bytes("scores1")), run.Output);
    }

    [Theory]
    [InlineData("--input", "missing")]
    [InlineData("--input", "events", "--state-in", "missing")]
    [InlineData("--input", "events", "--state-in", "events")]
    [InlineData("--input", "events", "--output", "events")]
    [InlineData("--input", "events", "--output", "x", "--alerts", "x")]
    [InlineData("--input", "events", "--output", "no-folder/x")]
    [InlineData("--output", "x")]
    public async Task What_cannot_be_opened_is_one_line_and_exit_code_2(params string[] args)
    {
        await SimulateAsync(days: 0.1);
        var paths = args.Select(arg => arg.StartsWith('-') ? arg : _folder.File(arg));

        var run = await CommandRun.OfAsync([.. paths.Prepend("score")]);

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    private async Task SimulateAsync(double days = 4)
    {
        var run = await CommandRun.OfAsync(
            "simulate", "--out", _folder.File("events"), "--labels", _folder.File("labels"), "--seed", "7",
            "--days", days.ToString(System.Globalization.CultureInfo.InvariantCulture), "--events-per-day", "1500");
        Assert.Equal(0, run.ExitCode);
    }

    private Task<CommandRun> ScoreAsync(string run, params string[] more) => CommandRun.OfAsync(
    [
        "score", "--input", _folder.File("events"), "--output", _folder.File("scores" + run), "--alerts", _folder.File("alerts" + run),
        "--incidents", _folder.File("incidents" + run), "--state-out", _folder.File("state" + run), .. more,
    ]);

    private byte[] Bytes(string name) => File.ReadAllBytes(_folder.File(name));

    private IEnumerable<JsonElement> Lines(string name) =>
        File.ReadLines(_folder.File(name)).Select(line => JsonDocument.Parse(line).RootElement);
}
