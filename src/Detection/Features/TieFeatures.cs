using SentinelHealth.Detection.Relations;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>How the current event's dealing with a patient is explained, as a category beside its purpose.</summary>
internal sealed class TieFeatures(NameTable names, DetectionOptions options)
{
    private static readonly ulong ClaimPurpose = StableHash.Of("claim"u8);

    private readonly CareNetwork _network = new(options.ObjectsMax, options.ActorsMax);
    private readonly ulong[] _categories = new ulong[1];
    private Dealing _dealing;
    private CareTie _tie;
    private ulong _purpose;

    public static FeatureSchema Schema { get; } = new(["tie to the patient"], []);

    /// <summary>The tie within its purpose; 0 when the event deals with no patient.</summary>
    public ReadOnlySpan<ulong> Categories => _categories;

    /// <summary>Whether the event deals with a patient to whom nothing ties the actor.</summary>
    public bool IsUnexplained { get; private set; }

    /// <summary>Whether the event deals with a patient whom the actor has not dealt with before.</summary>
    public bool IsFirstMeeting { get; private set; }

    /// <summary>Whether a claim is made for a patient whom the organization has not seen for long.</summary>
    public bool IsUnseen { get; private set; }

    /// <summary>What is kept by patient.</summary>
    public Baselines.IEntityTable Table => _network.Table;

    public long SizeBytes => _network.SizeBytes;

    public void Fill(SentinelEvent observed, ulong peers)
    {
        _dealing = Dealing.Of(observed, peers);
        _categories[0] = 0;
        (IsUnexplained, IsFirstMeeting, IsUnseen) = (false, false, false);
        var isClaim = observed.Is(TextField.Method, "submitClaim"u8);
        if (_dealing.Patient == 0 || !(_dealing.IsCare || isClaim))
            return;
        _purpose = isClaim ? ClaimPurpose : observed.Key(TextField.Purpose);
        Take(_network.TieOf(_dealing));
        IsUnseen = isClaim && _network.IsUnseen(_dealing);
        if (names.Wants(_categories[0]))
            names.Add(_categories[0], _tie + Purpose(observed, isClaim));
    }

    /// <summary>Supposes that the patient is in the actor's own care.</summary>
    public void SupposeOwnCare()
    {
        if (_categories[0] != 0)
            Take(_tie with { IsPersonal = true, IsEncounter = true, IsMet = true });
    }

    /// <summary>Supposes another purpose.</summary>
    public void SupposePurpose(ulong purpose)
    {
        if (_categories[0] == 0 || _purpose == ClaimPurpose)
            return;
        _purpose = purpose;
        Take(_tie);
    }

    private void Take(in CareTie tie)
    {
        _tie = tie;
        (IsUnexplained, IsFirstMeeting) = (tie.IsUnexplained, !tie.IsMet && _dealing.IsCare);
        _categories[0] = StableHash.Combine(_purpose, 1 + (ulong)tie.Code);
    }

    public void Learn(float trust) => _network.Learn(_dealing, trust);

    public void Save(BinaryWriter writer) => _network.Save(writer);

    public void Load(BinaryReader reader) => _network.Load(reader);

    private static string Purpose(SentinelEvent observed, bool isClaim) =>
        isClaim ? " for a claim" : observed.Has(TextField.Purpose) ? " for " + observed.TextOf(TextField.Purpose) : "";
}
