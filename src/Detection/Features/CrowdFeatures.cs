using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>Aspects of an event in which many accounts may suddenly be alike.</summary>
internal sealed class CrowdFeatures
{
    private readonly ulong[] _categories = new ulong[5];

    public static FeatureSchema Schema { get; } = new(
        ["doing this for this purpose", "from this network", "doing this from this country", "giving to this recipient",
            "opening records of patients without a known tie"], []);

    /// <summary>Keys of the aspects; 0 where the event has none.</summary>
    public ReadOnlySpan<ulong> Categories => _categories;

    /// <summary>The account; 0 for beats and for accounts without a name, which are no crowd.</summary>
    public ulong Account { get; private set; }

    public void Fill(SentinelEvent observed, HealthFeatures features)
    {
        var categories = features.Categories;
        Account = observed.Is(TextField.Method, "heartbeat"u8) ? 0 : categories[HealthFeatures.Actor];
        if (Account == 0)
            return;
        var activity = categories[HealthFeatures.Activity];
        _categories[0] = StableHash.Combine(activity, 1 + categories[HealthFeatures.Purpose]);
        _categories[1] = categories[HealthFeatures.Network];
        var country = categories[HealthFeatures.Country];
        _categories[2] = country == 0 ? 0 : StableHash.Combine(activity, country);
        _categories[3] = features.Receipts.Recipient;
        _categories[4] = features.Ties.IsFirstMeeting && features.Ties.IsUnexplained
            ? StableHash.Combine(observed.Key(TextField.Organization), 2) : 0;
    }
}
