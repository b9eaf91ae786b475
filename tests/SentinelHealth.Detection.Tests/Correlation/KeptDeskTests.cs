using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Ordering;
using static SentinelHealth.Detection.Tests.Correlation.RaisedAlert;

namespace SentinelHealth.Detection.Tests.Correlation;

/// <summary>Alerts, incidents and risk that are kept as they are: whatever is raised afterwards, a kept state stays what it was.</summary>
public class KeptDeskTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 60)]
    [InlineData(3, 5_000)]
    public void A_desk_goes_back_to_any_of_its_kept_states(int seed, int actors)
    {
        output.WriteLine($"seed {seed}");
        // One is kept and gone back to as it is, its twin as bytes alone.
        var (random, desk, twin, closed) = (new Random(seed), new AlertDesk(), new AlertDesk(), 0);
        List<(int Step, SavedState Kept, byte[] Bytes)> states = [];
        for (var (step, steps) = (0, 0); steps < 3_000; step++, steps++)
        {
            var finding = Finding(new Random((seed * 1_000_000) + step), step, actors);
            Assert.Equal(Raised(twin, finding), Raised(desk, finding));
            if (step % 25 == 24 && desk.RunningAlerts.Skip(random.Next(20)).FirstOrDefault() is { } benign)
            {
                Assert.Equal(Json(twin.CloseBenign(benign.Id)), Json(desk.CloseBenign(benign.Id)));
                closed++;
            }
            if (random.Next(60) == 0)
                states.Add((step, SavedState.Of(Saving(desk)), BytesOf(Saving(twin))));
            if (states.Count == 0 || random.Next(150) > 0)
                continue;
            var back = states[random.Next(Math.Max(0, states.Count - 5), states.Count)];
            step = back.Step;
            desk = random.Next(2) == 0 ? desk : new AlertDesk();
            Load(desk, back.Kept.OpenRead());
            Load(twin = new AlertDesk(), new MemoryStream(back.Bytes));
        }

        output.WriteLine($"{states.Count} states, the last {states[^1].Kept.Length:#,0} bytes; {closed} closed");
        Assert.InRange(states.Count, 20, 100);
        Assert.InRange(closed, 20, 200);
        Assert.Equal(BytesOf(Saving(twin)), BytesOf(Saving(desk)));
        Assert.All(states, state => Assert.Equal(state.Bytes, BytesOf(state.Kept.WriteTo)));
        Assert.All(states, state => Assert.Equal(state.Bytes.Length, state.Kept.Length));
        Assert.All(states, state => Assert.InRange(state.Kept.WrittenBytes, 1, 64));
    }

    [Fact]
    public void Keeping_and_going_back_cost_nothing_where_nothing_is_raised()
    {
        var desk = new AlertDesk();
        for (var i = 0; i < 1_000; i++)
            Raised(desk, Finding(new Random(i), i, actors: 400));
        Load(new AlertDesk(), SavedState.Of(Saving(desk)).OpenRead());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var kept = SavedState.Of(Saving(desk));
        Load(new AlertDesk(), kept.OpenRead());
        var cost = GC.GetAllocatedBytesForCurrentThread() - before;

        output.WriteLine($"{cost:#,0} bytes for {kept.Length:#,0}");
        Assert.InRange(cost, 1, 40_000);
        Assert.InRange(kept.Length, 1_000_000, 10_000_000);
    }

    [Fact]
    public void An_incident_knows_its_length_after_each_alert()
    {
        var incident = new OpenIncident("inc-1", IncidentMember.Of(Of("a", "ann"), "Strange"), owner: this);
        var alone = incident.SavedBytes;

        incident.Join(IncidentMember.Of(Of("b", "bob"), "Strange"));

        var (newest, members) = (Json(incident.Newest), Json(incident.Members.ToList()));
        Assert.Equal(2 + newest.Length + 2 + members.Length, incident.SavedBytes);
        Assert.InRange(alone, 1, incident.SavedBytes - 1);
    }

    /// <summary>Few actors grow alerts and tie incidents, many reach the bounds. Some names are not ASCII.</summary>
    private static Alert Finding(Random random, int step, int actors)
    {
        var (actor, source, severity) = ($"actor-ü-{random.Next(actors)}", $"source-{random.Next(3)}", (Severity)random.Next(1, 5));
        EntityRef[] related =
            [Device($"d{random.Next(actors)}"), Actor($"actor-ü-{random.Next(10 * actors)}"), Patient($"p{random.Next(actors)}")];
        var finding = Of("", actor, step * 0.02, source, severity, related: related);
        return finding with { EventIds = [$"e-{step}"], Score = random.NextDouble() };
    }

    private static string Raised(AlertDesk desk, Alert finding)
    {
        desk.Begin();
        desk.Advance(finding.At);
        desk.Raise(finding, "Something strange – twice");
        return Json(desk.Alerts) + Json(desk.Incidents) + desk.LastId + Json(desk.RiskOf(finding.Entity));
    }

    private static string Json<T>(T value) => System.Text.Json.JsonSerializer.Serialize(value, AlertJson.Options);

    private static void Load(AlertDesk desk, Stream source)
    {
        using var reader = new BinaryReader(source);
        desk.Load(reader);
    }

    private static Action<Stream> Saving(AlertDesk desk) => destination =>
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        desk.Save(writer);
    };

    private static byte[] BytesOf(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
