using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>The entities an event names, and how sentences speak of them. Allocates: called for alerts only.</summary>
internal static class EventEntities
{
    public static EntityRef Actor(SentinelEvent observed) => new(EntityType.Actor, observed.TextOf(TextField.Actor));

    public static EntityRef Node(SentinelEvent observed) => new(EntityType.Node, observed.TextOf(TextField.Node));

    /// <summary>Whom a finding is about, by whose habit was broken.</summary>
    public static EntityRef Of(SentinelEvent observed, EntityView view) => view switch
    {
        EntityView.Node => Node(observed),
        EntityView.Recipient => Recipient(observed) is { } recipient ? recipient : Actor(observed),
        _ => Actor(observed),
    };

    /// <summary>Everything the event touches, actor and node first.</summary>
    public static List<EntityRef> All(SentinelEvent observed)
    {
        List<EntityRef> all = [Actor(observed), Node(observed)];
        Add(all, EntityType.Patient, observed, TextField.Subject);
        Add(all, EntityType.Device, observed, TextField.Device);
        Add(all, EntityType.Grant, observed, TextField.GrantId);
        Add(all, EntityType.Contract, observed, TextField.Contract);
        if (SharedRecipient(observed) is { } recipient && !all.Contains(recipient))
            all.Add(recipient);
        return all;
    }

    /// <summary>Who receives a consent, tokens or money by the event: what a ring has in common. Null for other events.</summary>
    private static EntityRef? SharedRecipient(SentinelEvent observed)
    {
        ReadOnlySpan<byte> argument = observed.Is(TextField.Contract, "ConsentRegistry"u8) ? "grantee"u8
            : observed.Is(TextField.Contract, "DataToken"u8) ? "to"u8
            : observed.Is(TextField.Contract, "Escrow"u8) ? "payee"u8
            : default;
        return argument.IsEmpty || observed.ArgKey(argument) == 0
            ? null : new EntityRef(EntityType.Actor, Arg(observed, argument));
    }

    /// <summary>All entities but one.</summary>
    public static IReadOnlyList<EntityRef> AllBut(SentinelEvent observed, EntityRef principal)
    {
        var all = All(observed);
        all.Remove(principal);
        return all;
    }

    /// <summary>"clinician did:ethr:0x12… of hospital-a".</summary>
    public static string Who(SentinelEvent observed)
    {
        var role = observed.Has(TextField.ActorRole) ? observed.TextOf(TextField.ActorRole) + " " : "";
        var organization = observed.Has(TextField.Organization) ? " of " + observed.TextOf(TextField.Organization) : "";
        return role + Short(observed.TextOf(TextField.Actor)) + organization;
    }

    /// <summary>A long identifier with its middle left out; the alert carries it whole beside the sentence.</summary>
    public static string Short(string id) => id.Length <= 28 ? id : string.Concat(id.AsSpan(0, 17), "…", id.AsSpan(id.Length - 4));

    /// <summary>A string member of args for a sentence; "?" when absent.</summary>
    public static string Arg(SentinelEvent observed, ReadOnlySpan<byte> name)
    {
        Span<byte> text = stackalloc byte[256];
        var found = observed.ArgText(name, text);
        return found.IsEmpty ? "?" : Encoding.UTF8.GetString(found);
    }

    /// <summary>The account that receives something by the event; null when it is an organization or nobody.</summary>
    private static EntityRef? Recipient(SentinelEvent observed)
    {
        foreach (var name in (string[])["grantee", "to", "payee"])
        {
            var found = Arg(observed, Encoding.UTF8.GetBytes(name));
            if (found != "?" && !found.StartsWith("org:", StringComparison.Ordinal))
                return new EntityRef(EntityType.Actor, found);
        }
        return null;
    }

    private static void Add(List<EntityRef> all, EntityType type, SentinelEvent observed, TextField field)
    {
        if (observed.Has(field))
            all.Add(new EntityRef(type, observed.TextOf(field)));
    }
}
