using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>A biometric query as the probe detectors see it; nothing for other events.</summary>
internal sealed class ProbeFeatures
{
    public const int Subject = 0, Actor = 1, Device = 2, Capture = 3, Operation = 4;
    public const int Score = 0, Threshold = 1, Quality = 2, Liveness = 3, Rejected = 4, Stranger = 5;

    public const uint Changes = 8;

    private const uint Searches = 1, Exports = 2, Rejections = 4;

    private readonly ulong[] _categories = new ulong[5];
    private readonly double[] _numbers = new double[6];

    public static FeatureSchema Schema { get; } = new(
        ["patient", "account", "device", "capture", "operation"],
        ["searches of a whole gallery", "templates exported", "rejected captures", "templates changed"])
    {
        Numeric = ["match score", "threshold", "quality", "liveness", "rejected", "stranger"],
    };

    /// <summary>Values of the current query; all 0 for other events.</summary>
    public ReadOnlySpan<ulong> Categories => _categories;

    /// <summary>Its numbers; NaN where absent.</summary>
    public ReadOnlySpan<double> Numbers => _numbers;

    /// <summary>What a device counts of it.</summary>
    public uint Channels { get; private set; }

    /// <summary>The modality, of which scores and thresholds are a matter; 0 when this is no biometric query.</summary>
    public ulong Peers { get; private set; }

    /// <summary>Whether a capture was compared with one patient's template.</summary>
    public bool IsVerification { get; private set; }

    /// <summary>Whether the event changes or uses a patient's template.</summary>
    public bool IsOfTemplate { get; private set; }

    public void Fill(SentinelEvent observed, TieFeatures ties)
    {
        if (observed.Kind != EventKind.BiometricQuery)
        {
            if (Peers != 0)
                Clear();
            return;
        }
        Peers = StableHash.Combine(observed.Key(TextField.Modality), 1);
        _categories[Subject] = observed.Key(TextField.Subject);
        _categories[Actor] = observed.Key(TextField.Actor);
        _categories[Device] = observed.Key(TextField.Device);
        _categories[Capture] = observed.Key(TextField.ProbeHash);
        _categories[Operation] = observed.Key(TextField.Operation);
        _numbers[Score] = observed.Number(NumberField.MatchScore);
        _numbers[Threshold] = observed.Number(NumberField.Threshold);
        _numbers[Quality] = observed.Number(NumberField.Quality);
        _numbers[Liveness] = observed.Number(NumberField.PadScore);
        var isRejected = observed.Is(TextField.Decision, "no-match"u8) || observed.Is(TextField.PadDecision, "fail"u8);
        _numbers[Rejected] = isRejected ? 1 : 0;
        _numbers[Stranger] = ties.IsFirstMeeting && ties.IsUnexplained ? 1 : 0;
        IsVerification = observed.Is(TextField.Operation, "verify"u8);
        var isChange = observed.Is(TextField.Operation, "enroll"u8) || observed.Is(TextField.Operation, "update"u8);
        IsOfTemplate = IsVerification || isChange;
        Channels = (observed.Is(TextField.Operation, "identify"u8) ? Searches : 0)
            | (observed.Is(TextField.Operation, "export"u8) || observed.Is(TextField.Operation, "decrypt"u8) ? Exports : 0)
            | (isRejected && IsVerification ? Rejections : 0) | (isChange ? Changes : 0);
    }

    private void Clear()
    {
        (Peers, Channels, IsVerification, IsOfTemplate) = (0, 0, false, false);
        Array.Clear(_categories);
        Array.Fill(_numbers, double.NaN);
    }
}
