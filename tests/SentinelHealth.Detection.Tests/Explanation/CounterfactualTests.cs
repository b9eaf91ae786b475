using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Detection.Tests.Explanation;

public partial class CounterfactualTests(SimulatedDays days) : IClassFixture<SimulatedDays>
{
    [Fact]
    public void Most_model_alerts_say_what_would_have_been_normal_and_as_a_sentence()
    {
        var alerts = days.Verdicts.SelectMany(verdict => verdict.Alerts).Where(alert => alert.Kind == AlertKind.Model).ToList();
        var told = alerts.Where(alert => alert.WouldBeNormalIf.Length > 0).ToList();
        Assert.True(told.Count > alerts.Count / 2, $"Only {told.Count} of {alerts.Count} have one.");
        Assert.All(told, alert => Assert.Matches("^It would be normal if .+\\.$", alert.WouldBeNormalIf));
        Assert.DoesNotContain(told, alert => alert.WouldBeNormalIf.Contains('{', StringComparison.Ordinal));
    }

    [Fact]
    public void An_event_changed_as_the_alert_says_does_not_alert_in_an_engine_that_saw_the_same()
    {
        var engine = new DetectionEngine(SimulatedDays.Options);
        var decoder = new NativeEventDecoder();
        var observed = new SentinelEvent();
        var tried = 0;
        for (var i = 0; i < days.Records.Count; i++)
        {
            if (Told(days.Verdicts[i]) is { } alert && ChangedAs(alert.WouldBeNormalIf, days.Records[i].Json) is { } changed)
            {
                using var state = new MemoryStream();
                engine.Save(state);
                state.Position = 0;
                var copy = DetectionEngine.Load(state, SimulatedDays.Options);
                Assert.True(decoder.TryDecode(changed, observed, out var rejection), rejection.Detail);
                var again = copy.Process(observed);
                Assert.DoesNotContain(again.Alerts, other => other.Kind == AlertKind.Model);
                tried++;
            }
            Assert.True(decoder.TryDecode(days.Records[i].Json, observed, out _));
            engine.Process(observed);
        }
        Assert.True(tried >= 3, $"Only {tried} alerts could be tried.");
    }

    [Fact]
    public void No_sentence_contradicts_itself_or_lacks_a_reason_and_all_name_whom_the_alert_is_about()
    {
        foreach (var alert in days.Verdicts.SelectMany(verdict => verdict.Alerts).Where(alert => alert.Kind == AlertKind.Model))
        {
            Assert.DoesNotMatch(Contradiction(), alert.Reason);
            Assert.DoesNotMatch("[^0-9,.]1 (events|patients|candidates|times|dealings|captures)|unusual events\\.", alert.Reason);
            var named = alert.Entity.Id.Length <= 28 ? alert.Entity.Id : alert.Entity.Id[..17];
            Assert.Contains(named, alert.Reason, StringComparison.Ordinal);
        }
    }

    private static Alert? Told(EventVerdict verdict) =>
        verdict.Alerts.FirstOrDefault(alert => alert.Kind == AlertKind.Model && alert.EventCount == 1);

    /// <summary>The event with its device, node, country or purpose as in the sentence; null when the sentence says something else.</summary>
    private static byte[]? ChangedAs(string sentence, byte[] json)
    {
        var match = OneField().Match(sentence);
        if (!match.Success)
            return null;
        var field = match.Groups["what"].Value switch
        {
            "the device were" => "device",
            "it had come through" => "node",
            "it had come from" => "country",
            _ => "purpose",
        };
        var record = JsonNode.Parse(json)!;
        record[field] = match.Groups["value"].Value;
        return Encoding.UTF8.GetBytes(record.ToJsonString());
    }

    [GeneratedRegex("(through|purpose|from|did|device) (?<value>[^,;]+), [^,;]+, where \\k<value> is usual")]
    private static partial Regex Contradiction();

    [GeneratedRegex("^It would be normal if (?<what>the device were|it had come through|it had come from|the purpose were) (?<value>[^ ]+)\\.$")]
    private static partial Regex OneField();
}
