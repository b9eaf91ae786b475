using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ocsf;

/// <summary>Who acted, on which system.</summary>
internal static class OcsfParticipants
{
    public static void Fill(JsonElement record, NativeDraft draft, OcsfClass ocsfClass)
    {
        var actor = record.Member("actor", "user");
        // In an authentication the user is the one who signs on; in access management it is whom it is done to.
        var who = ocsfClass.Uid == OcsfClass.Authentication && record.Member("user").IsPresent() ? record.Member("user") : actor;
        var identity = Identify(who) ?? Application(record);
        draft.Require(identity is not null, ocsfClass.Uid == OcsfClass.Authentication ? "user" : "actor.user");
        draft[TextField.Actor] = identity;
        draft[TextField.ActorRole] = who.Items("groups").Select(group => group.Text("name")).FirstOrDefault(name => name is not null)
            ?? who.Text("type");
        draft[TextField.Organization] = who.Member("org").Text("uid") ?? who.Member("org").Text("name");
        var system = record.Member("api", "service").Text("name") ?? record.Member("service").Text("name")
            ?? record.Member("dst_endpoint").Text("hostname") ?? record.Member("dst_endpoint").Text("ip")
            ?? record.Member("metadata", "product").Text("name") ?? record.Member("metadata", "product").Text("uid");
        draft.Require(system is not null, "metadata.product.name");
        draft[TextField.Node] = $"system:{system}";
    }

    /// <summary>A user's identifier. A name alone is no pseudonym and becomes a digest of itself.</summary>
    public static string? Identify(JsonElement user)
    {
        if ((user.Text("uid") ?? user.Text("uid_alt")) is { } uid)
            return uid.Contains(':', StringComparison.Ordinal) ? uid : $"user:{uid}";
        return (user.Text("name") ?? user.Text("email_addr")) is { } name ? $"user:unnamed-{ContentKey.Of(name)}" : null;
    }

    /// <summary>A program that acts without a user.</summary>
    private static string? Application(JsonElement record)
    {
        var actor = record.Member("actor");
        var name = actor.Text("app_uid") ?? actor.Text("app_name") ?? actor.Text("invoked_by");
        return name is null ? null : $"app:{name}";
    }
}
