using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>What an actor does that can be too much in sum though no single act is strange.</summary>
internal static class DoingFeatures
{
    private const uint Strangers = 1, Patients = 2, Keys = 4, BlindKeys = 8;
    private const uint Exports = 16, Searches = 32, Permissions = 64, Value = 128;

    public static FeatureSchema Schema { get; } = new([],
        ["records of patients without a known tie opened", "patients met for the first time", "keys unsealed", "keys unsealed without a look at the record",
            "templates exported", "searches of a whole gallery", "permissions written", "tokens and payments moved"]);

    /// <summary>Channels of <see cref="Schema"/> the event counts in.</summary>
    public static uint Of(SentinelEvent observed, TieFeatures ties, StepFeatures steps)
    {
        var met = !ties.IsFirstMeeting ? 0 : ties.IsUnexplained ? Strangers | Patients : Patients;
        if (observed.Kind == EventKind.BiometricQuery)
        {
            return met | (observed.Is(TextField.Operation, "export"u8) ? Exports
                : observed.Is(TextField.Operation, "identify"u8) ? Searches
                : observed.Is(TextField.Operation, "decrypt"u8) ? Keys
                : 0);
        }
        var method = observed.Text(TextField.Method);
        return met | (method.SequenceEqual("decryptKey"u8) ? steps.IsSamePatient ? Keys : Keys | BlindKeys
            : method.SequenceEqual("grantConsent"u8) || method.SequenceEqual("grantAccess"u8) ? Permissions
            : IsValue(method) ? Value
            : 0);
    }

    private static bool IsValue(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("transfer"u8) || method.SequenceEqual("redeem"u8) || method.SequenceEqual("release"u8)
        || method.SequenceEqual("refund"u8) || method.SequenceEqual("pay"u8);
}
