using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Relations;

/// <summary>What an event says about an actor and a patient.</summary>
/// <param name="Actor">Key of the actor.</param>
/// <param name="Peers">Key of the actor's peer group.</param>
/// <param name="Organization">Key of the actor's organization.</param>
/// <param name="Patient">Key of the patient; 0 when the event has none.</param>
/// <param name="Minute">Event time in minutes since 1970.</param>
/// <param name="IsCare">The actor looked at or worked on the patient's data.</param>
/// <param name="IsEncounter">It shows the patient at the organization: a matched capture, an enrolment, a consent given there.</param>
/// <param name="Grantee">Key of a person who is given permission by it; 0 for none.</param>
internal readonly record struct Dealing(
    ulong Actor, ulong Peers, ulong Organization, ulong Patient, int Minute, bool IsCare, bool IsEncounter, ulong Grantee)
{
    /// <summary>Reads an event. O(1) but for the arguments of a permission.</summary>
    public static Dealing Of(SentinelEvent observed, ulong peers)
    {
        var minute = (int)(observed.OccurredAt.ToUnixTimeSeconds() / 60);
        var dealing = new Dealing(
            observed.Key(TextField.Actor), peers, observed.Key(TextField.Organization), observed.Key(TextField.Subject), minute,
            IsCare: false, IsEncounter: false, Grantee: 0);
        if (dealing.Patient == 0)
            return dealing;
        return observed.Kind == EventKind.BiometricQuery ? OfBiometric(observed, dealing) : OfLedger(observed, dealing);
    }

    private static Dealing OfBiometric(SentinelEvent observed, in Dealing dealing)
    {
        var isPresence = observed.Is(TextField.Decision, "match"u8)
            && (observed.Is(TextField.Operation, "verify"u8) || observed.Is(TextField.Operation, "enroll"u8));
        return dealing with { IsCare = true, IsEncounter = isPresence };
    }

    private static Dealing OfLedger(SentinelEvent observed, in Dealing dealing)
    {
        if (observed.Is(TextField.Status, "reverted"u8))
            return dealing;
        if (observed.Is(TextField.Method, "recordAccess"u8) || observed.Is(TextField.Method, "decryptKey"u8))
            return dealing with { IsCare = true };
        if (observed.Is(TextField.Method, "anchorRecord"u8))
            return dealing with { IsCare = true, IsEncounter = true };
        var isPermission = observed.Is(TextField.Method, "grantAccess"u8) || observed.Is(TextField.Method, "grantConsent"u8);
        return isPermission ? dealing with { IsEncounter = true, Grantee = observed.ArgKey("grantee"u8) } : dealing;
    }
}
