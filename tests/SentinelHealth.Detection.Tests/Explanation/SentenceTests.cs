using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Explanation;
using SentinelHealth.Detection.Features;
using PeerBaseline = SentinelHealth.Detection.Federation.PeerBaseline;

namespace SentinelHealth.Detection.Tests.Explanation;

public class SentenceTests
{
    private const ulong Verify = 11, Identify = 12, Here = 13, Candidates = 14, Amount = 15;

    private static readonly Scene Scene = new("node:a-1", "did:r", "AccessRegistry.recordAccess");

    private readonly NameTable _names = new();
    private readonly Phrasing _phrasing;
    private readonly DetectorSlot[] _slots = DetectorCatalog.All(new DetectionOptions(), PeerBaseline.None);

    public SentenceTests()
    {
        _names.Add(Verify, "biometric verify");
        _names.Add(Identify, "biometric identify");
        _names.Add(Here, "node:a-1");
        _names.Add(Candidates, "one candidate");
        _names.Add(Amount, "an amount of about 103");
        _phrasing = new Phrasing(_names);
    }

    [Fact]
    public void A_value_is_never_strange_beside_itself()
    {
        Assert.Equal("came through node:a-1, which is rare among others", Category("rarity", "node", "node:a-1", Here, Novelty.Known));
        Assert.Equal("came through node:b, which is rare here, where node:a-1 is usual", Category("rarity", "node", "node:b", Here, Novelty.Known));
        Assert.Equal("did biometric identify right after AccessRegistry.recordAccess, an order that is seldom seen",
            Category("sequence", "next step", "biometric identify", Identify, Novelty.Known));
        Assert.Equal("did biometric identify right after AccessRegistry.recordAccess, which biometric verify usually follows",
            Category("sequence", "next step", "biometric identify", Verify, Novelty.Known));
    }

    [Fact]
    public void A_size_is_not_compared_with_the_size_of_something_else() =>
        Assert.Equal("had an amount of about 103, which none of the peers ever had",
            Category("rarity", "magnitude", "an amount of about 103", Candidates, Novelty.NewToPeers));

    [Theory]
    [InlineData("update norm", 3.2, 1.1, "sent a model update with a norm of 3.2, where about 1.1 is usual")]
    [InlineData("gas", 56_229, 21_000, "used 56,229 gas, where about 21,000 is usual")]
    [InlineData("cosine to the aggregate", -0.48, 0.9, "sent a model update with a cosine of -0.48 to the aggregate, where about 0.9 is usual")]
    [InlineData("amount", 12, 40, "had an amount of 12, where about 40 is usual")]
    [InlineData("liveness score", 0.51, 0.93, "had a liveness score of 0.51, where about 0.93 is usual")]
    public void Sizes_read_as_people_say_them(string name, double observed, double usual, string clause) =>
        Assert.Equal(clause, Number(Slot("magnitude", EntityView.Quantity), name, observed, usual));

    [Theory]
    [InlineData("events per hour", 1, 1, "had 1 event within an hour, where about 1 is usual")]
    [InlineData("biometric queries per day", 61, 1.49, "had 61 biometric queries within a day, where about 1 is usual")]
    [InlineData("searches of a whole gallery per day", 1, 4.2, "had 1 search of a whole gallery within a day, where about 4 are usual")]
    [InlineData("dealings without a known tie to the patient per 10 minutes", 20, 2,
        "had 20 dealings without a known tie to the patient within 10 minutes, where about 2 are usual")]
    public void Counts_agree_with_their_nouns(string name, double observed, double usual, string clause) =>
        Assert.Equal(clause, Number(Slot("volume", EntityView.Actor), name, observed, usual));

    [Fact]
    public void Counts_of_others_name_whose_they_are()
    {
        Assert.Equal("came through node:a-1, which carried 86 events within 10 minutes, where about 2 are usual for it",
            Number(Slot("volume", EntityView.Node), "events per 10 minutes", 86, 2));
        Assert.Equal("gave to did:r, who received 35 grants within a day, where about 2 are usual for such a recipient",
            Number(Slot("volume", EntityView.Recipient), "grants received per day", 35, 1.86));
        Assert.Equal("unsealed 199 keys without a look at the record within a shift or two, where hardly any are usual",
            Number(Slot("drip", EntityView.Doing), "keys unsealed without a look at the record within a shift or two", 199.3, 0.01));
        Assert.Equal("used a device that had 7 rejected captures within a day, where hardly any are usual for it",
            Number(Slot("probe.harvest", EntityView.Sensor), "rejected captures within a day", 7, 0.09));
    }

    [Fact]
    public void Signs_of_their_own_have_sentences_of_their_own()
    {
        Assert.Equal("got to the digit a match score that had come once before",
            Number(Slot("probe.reuse", EntityView.Capture), "times the same score again", 1, 0));
        Assert.Equal("presented a capture that had been presented 19 times before",
            Number(Slot("probe.reuse", EntityView.Capture), "times the same capture again", 19, 0));
        Assert.Equal("used a device whose liveness scores have run low, here 0.65, where about 0.94 is usual",
            Number(Slot("probe.liveness", EntityView.Sensor), "liveness", 0.65, 0.94));
        Assert.Equal("was one of 81 accounts coming from this network within an hour, where about 10 are usual",
            Number(Slot("group-burst", EntityView.Crowd), "accounts within an hour from this network", 81, 10));
    }

    [Fact]
    public void Reasons_leave_out_what_is_ordinary_small_or_said_already()
    {
        var (volume, quantity) = (Slot("volume", EntityView.Actor), Slot("magnitude", EntityView.Quantity));
        FoundPart[] found =
        [
            Found(volume, "events per hour", 60, 2, 30, 0.4),
            Found(volume, "record reads per hour", 60, 2, 29, 0.3),
            Found(quantity, "liveness score", 0.51, 0.93, 9, 0.1),
            Found(Slot("probe.liveness", EntityView.Sensor), "liveness", 0.51, 0.94, 9, 0.09),
            Found(quantity, "gas", 23_000, 21_000, 8, 0.08),
            Found(quantity, "latency", 45, 142, 2, 0.02),
        ];

        Assert.Equal(["record reads per hour", "liveness score"], Reasons.Of(found, volume).Select(Name));
        Assert.Equal(["gas"], Reasons.Of(found[4..5], volume).Select(Name));
        Assert.Empty(Reasons.Of([], volume));
        // What the alert is named after is told, though it looks ordinary: it has added up.
        var camera = Slot("probe.liveness", EntityView.Sensor);
        Assert.Equal(["liveness", "record reads per hour"],
            Reasons.Of([.. found[..2], Found(camera, "liveness", 0.92, 0.94, 20, 0.2)], camera).Select(Name));
        Assert.Equal("used a device whose liveness scores have kept a little below the usual 0.94", Number(camera, "liveness", 0.92, 0.94));
    }

    [Fact]
    public void A_grown_alert_says_how_many_events_and_patients_it_stands_for()
    {
        var first = Correlation.RaisedAlert.Of("a", "did:x");
        EntityRef[] two = [new(EntityType.Patient, "p-1"), new(EntityType.Patient, "p-2")];
        var grown = first with { EventCount = 2, RelatedEntities = two };
        grown = grown with { Reason = Tally.Of(first, grown, 32) };
        Assert.Equal(first.Reason + " One of 2 such events, which touch 2 patients.", grown.Reason);

        var more = grown with { EventCount = 3 };
        Assert.Equal(first.Reason + " One of 3 such events, which touch 2 patients.", Tally.Of(grown, more, 32));
        Assert.Equal("Another." + " One of 3 such events, which touch at least 2 patients.", Tally.Of(first with { Reason = "Another." }, more, 2));
    }

    private static string Name(FoundPart found) => found.Slot.Detector.PartNames[found.Part.Part];

    private static FoundPart Found(DetectorSlot slot, string name, double observed, double usual, double nats, double share) =>
        new(new Contribution(name, "", "", share), Part(slot, name, observed, usual) with { Surprise = nats }, slot);

    private string Number(DetectorSlot slot, string name, double observed, double usual) =>
        _phrasing.Clause(slot, Part(slot, name, observed, usual), Phrasing.Number(observed), Scene);

    private string Category(string detector, string name, string value, ulong usual, Novelty novelty)
    {
        var slot = _slots.First(s => s.Detector.Name == detector);
        var index = slot.Detector.PartNames.ToList().IndexOf(name);
        return _phrasing.Clause(slot, new(index, 5, double.NaN, double.NaN, usual, novelty), value, Scene);
    }

    private static SurprisePart Part(DetectorSlot slot, string name, double observed, double usual)
    {
        var index = slot.Detector.PartNames.ToList().IndexOf(name);
        Assert.True(index >= 0, $"{slot.Detector.Name} has no part {name}.");
        return new(index, 5, observed, SentinelHealth.Detection.Baselines.QuantityHabit.ToScale(usual), 0, Novelty.Known);
    }

    private DetectorSlot Slot(string detector, EntityView view) =>
        _slots.First(s => s.Detector.Name == detector && s.View == view);
}
