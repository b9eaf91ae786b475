using System.Collections.Frozen;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Compliance;

/// <summary>One disclosure of a person's data that must be accounted for (45 CFR 164.528).</summary>
/// <param name="EventId">The event.</param>
/// <param name="At">When.</param>
/// <param name="Subject">The person, by pseudonym.</param>
/// <param name="Recipient">Who received it.</param>
/// <param name="Role">Their role; empty when none was given.</param>
/// <param name="Organization">Their organization; empty when unknown.</param>
/// <param name="What">What was disclosed: the act and the categories of data.</param>
/// <param name="Purpose">The stated purpose by its code; empty when none was stated.</param>
public sealed record Disclosure(
    string EventId, DateTimeOffset At, string Subject, string Recipient, string Role, string Organization, string What,
        string Purpose)
{
    /// <summary>Treatment, payment and operations (164.506) and what goes to the persons themselves need not be accounted for.</summary>
    private static readonly FrozenSet<string> Exempt = new[]
    {
        "TREAT", "ETREAT", "CAREMGT", "COC", "CLINTRCH", "BTG", "HPAYMT", "CLMATTCH", "COVAUTH", "ELIGDTRM", "HOPERAT",
            "HSYSADMIN", "HQUALIMP",
        "PATADMIN", "PATSFTY", "TRAIN", "PATRQT", "FAMRQT",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Acts by which data is read or handed out.</summary>
    private static readonly FrozenSet<string> HandingOut = new[]
    {
        "AccessRegistry.recordAccess", "AccessRegistry.decryptKey", "DataToken.redeem", "DataToken.transfer", "export",
            "identify",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a purpose frees a disclosure from accounting.</summary>
    public static bool IsExempt(string purpose) => Exempt.Contains(purpose);

    /// <summary>What a purpose means.</summary>
    public static string PurposeWords(string purpose) => purpose switch
    {
        "" => "Not stated",
        "HRESCH" => "Research",
        "PUBHLTH" => "Public health",
        "HLEGAL" => "Legal proceedings",
        "HMARKT" => "Marketing",
        "HRESCHEMR" => "Research on records",
        "DISASTER" => "Disaster relief",
        "THREAT" => "Averting a threat",
        _ => purpose,
    };

    /// <summary>The disclosure an event is; null when it is none, or none to be accounted for. Pure.</summary>
    public static Disclosure? Of(DossierEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Subject.Length == 0 || !item.IsCarriedOut || IsExempt(item.Purpose) || !HandingOut.Contains(item.Act))
            return null;
        var categories = item.DataCategories.Count > 0 ? $" ({string.Join(", ", item.DataCategories)})" : "";
        return new Disclosure(
            item.Id, item.At, item.Subject, item.Actor, item.ActorRole, item.Organization, Words(item.Act) + categories,
                item.Purpose);
    }

    private static string Words(string act) => act switch
    {
        "AccessRegistry.recordAccess" => "Record read",
        "AccessRegistry.decryptKey" => "Record decrypted",
        "DataToken.redeem" => "Data redeemed for a token",
        "DataToken.transfer" => "Right to data passed on",
        "identify" => "Identity looked up by a biometric",
        _ => "Biometric template exported",
    };
}
