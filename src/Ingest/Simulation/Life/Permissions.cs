using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>How consents and grants come about in ordinary life.</summary>
internal static class Permissions
{
    private static readonly string[] CareScope = ["notes", "laboratory", "imaging", "medication", "vitals", "biometric"];
    private static readonly string[] NarrowCareScope = ["notes", "laboratory", "medication", "vitals", "biometric"];
    private static readonly string[] BillingScope = ["billing", "notes"];
    private static readonly string[] ResearchScope = ["laboratory", "imaging", "genomics"];
    private static readonly string[] NurseScope = ["notes", "medication", "vitals", "biometric"];

    /// <summary>A consent of a patient to an organization.</summary>
    public static Authorization ToOrganization(
        Scene scene, Organization to, string purpose, DateTimeOffset at, TimeSpan lasts) => new()
        {
            Id = scene.Ids.Next("c"),
            IsGrant = false,
            Grantee = to.Grantee,
            Purpose = purpose,
            Scope = purpose switch
            {
                "HPAYMT" => BillingScope,
                "HRESCH" => ResearchScope,
                _ => scene.Random.Chance(0.85) ? CareScope : NarrowCareScope,
            },
            GivenAt = at,
            ExpiresAt = at + lasts,
        };

    /// <summary>A grant to one person of the care team.</summary>
    public static Authorization ToPerson(Scene scene, Staff to, DateTimeOffset at, TimeSpan lasts, string? consentId) => new()
    {
        Id = scene.Ids.Next("g"),
        IsGrant = true,
        Grantee = to.Did,
        Purpose = "TREAT",
        Scope = to.Role == StaffRole.Nurse ? NurseScope : CareScope,
        GivenAt = at,
        ExpiresAt = at + lasts,
        ConsentId = consentId,
    };

    /// <summary>Gives a consent, at the desk or from the patient's own wallet.</summary>
    public static Authorization Give(Pen pen, Patient patient, Staff desk, Authorization consent) =>
        pen.Consent(Signer(pen.Scene, patient, desk, pen.Random, consent.GivenAt), patient, consent);

    /// <summary>Renews or gives the treatment consent when there is none; returns whether one had to be given.</summary>
    public static bool Ensure(Pen pen, Patient patient, Staff desk, DateTimeOffset at)
    {
        if (patient.Live("TREAT", desk.Home.Grantee, at) is not null)
            return false;
        Give(pen, patient, desk, ToOrganization(pen.Scene, desk.Home, "TREAT", at, TimeSpan.FromDays(pen.Random.Whole(60, 365))));
        return true;
    }

    /// <summary>
    /// Opens a record to one physician for some days: by a grant, or by a consent of those who choose their people themselves.
    /// </summary>
    public static void Open(Pen pen, Patient patient, Staff desk, Staff physician, DateTimeOffset at)
    {
        var signer = Signer(pen.Scene, patient, desk, pen.Random, at);
        var lasts = TimeSpan.FromHours(pen.Random.Whole(20, 96));
        if (patient.IsReserved && pen.Random.Chance(0.35))
        {
            pen.Consent(signer, patient, ToPerson(pen.Scene, physician, at, lasts * 10));
            return;
        }
        var consent = patient.Live("TREAT", desk.Home.Grantee, at);
        pen.Grant(signer, patient, ToPerson(pen.Scene, physician, at, lasts, consent?.Id));
    }

    /// <summary>A consent to one physician.</summary>
    private static Authorization ToPerson(Scene scene, Staff to, DateTimeOffset at, TimeSpan lasts) => new()
    {
        Id = scene.Ids.Next("c"),
        IsGrant = false,
        Grantee = to.Did,
        Purpose = "TREAT",
        Scope = CareScope,
        GivenAt = at,
        ExpiresAt = at + lasts,
    };

    /// <summary>Wallet users sign for themselves through the hospital's last node, others at the desk.</summary>
    public static Moment Signer(Scene scene, Patient patient, Staff desk, SeededRandom random, DateTimeOffset at) =>
        patient.UsesWallet && random.Chance(0.8)
            ? new Moment(patient, patient.Home!.Nodes.FindLast(node =>
                node.IsRegistered && !scene.IsClosed(node)) ?? patient.Home.Nodes[0], at)
            : Presence.Now(scene, desk, random, at);
}
