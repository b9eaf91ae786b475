using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>The sizes in an event, and the kind of thing they are sizes of.</summary>
internal sealed class QuantityFeatures
{
    private readonly double[] _numbers = new double[8];

    public static FeatureSchema Schema { get; } = new([], [])
    {
        Numeric = ["amount", "update norm", "cosine to the aggregate", "match score", "liveness score", "capture quality", "gas", "latency"],
    };

    /// <summary>Values of the current event; NaN where absent.</summary>
    public ReadOnlySpan<double> Numbers => _numbers;

    /// <summary>The activity with what refines it: the code of a claim, the model of an update, the modality of a query.</summary>
    public ulong Kind { get; private set; }

    /// <summary>The activity alone.</summary>
    public ulong Activity { get; private set; }

    public void Fill(SentinelEvent observed, ulong activity)
    {
        Activity = activity;
        Array.Fill(_numbers, double.NaN);
        if (observed.Kind == EventKind.BiometricQuery)
        {
            FillBiometric(observed);
            return;
        }
        _numbers[0] = observed.Number(NumberField.Amount);
        _numbers[6] = observed.Number(NumberField.GasUsed);
        var refined = 0ul;
        if (observed.Is(TextField.Method, "submitUpdate"u8))
        {
            (_numbers[1], _numbers[2]) = (observed.ArgNumber("updateNorm"u8), observed.ArgNumber("cosine"u8));
            refined = observed.ArgKey("modelId"u8);
        }
        else if (observed.Is(TextField.Method, "submitClaim"u8))
            refined = observed.ArgKey("code"u8);
        Kind = StableHash.Combine(activity, 1 + refined);
    }

    /// <summary>Supposes a number of another size.</summary>
    public void Suppose(int number, double size) => _numbers[number] = size;

    /// <summary>Supposes an activity about which no sizes are known.</summary>
    public void SupposeNone()
    {
        Array.Fill(_numbers, double.NaN);
        (Kind, Activity) = (0, 0);
    }

    private void FillBiometric(SentinelEvent observed)
    {
        // A stranger's low score is what a mismatch is; only matches have a usual score.
        if (observed.Is(TextField.Decision, "match"u8))
            _numbers[3] = observed.Number(NumberField.MatchScore);
        _numbers[4] = observed.Number(NumberField.PadScore);
        _numbers[5] = observed.Number(NumberField.Quality);
        _numbers[7] = observed.Number(NumberField.LatencyMs);
        Kind = StableHash.Combine(Activity, 1 + observed.Key(TextField.Modality));
    }
}
