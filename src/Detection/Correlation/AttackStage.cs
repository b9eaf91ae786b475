using System.Text.Json.Serialization;

namespace SentinelHealth.Detection.Correlation;

/// <summary>How far an attack has come, by the ATT&amp;CK tactic of an alert's technique; later stages are higher.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttackStage>))]
public enum AttackStage
{
    /// <summary>No technique says.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>Getting ready outside: look-alike nodes.</summary>
    [JsonStringEnumMemberName("preparation")] Preparation,

    /// <summary>Getting in: accounts and trusted members.</summary>
    [JsonStringEnumMemberName("initial-access")] InitialAccess,

    /// <summary>Staying in and becoming mighty: roles, keys, governance.</summary>
    [JsonStringEnumMemberName("persistence")] Persistence,

    /// <summary>Acting unseen or as somebody else.</summary>
    [JsonStringEnumMemberName("evasion")] Evasion,

    /// <summary>Gathering data.</summary>
    [JsonStringEnumMemberName("collection")] Collection,

    /// <summary>Doing damage: money, records, service.</summary>
    [JsonStringEnumMemberName("impact")] Impact,
}

/// <summary>The stages of techniques.</summary>
public static class AttackStages
{
    /// <summary>The furthest stage among tags such as <c>attack.t1213</c>.</summary>
    public static AttackStage Of(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var furthest = AttackStage.Unknown;
        foreach (var tag in tags)
        {
            var stage = Of(tag);
            furthest = stage > furthest ? stage : furthest;
        }
        return furthest;
    }

    private static AttackStage Of(string tag)
    {
        // Sub-techniques have the stage of their technique.
        const int techniqueLength = 12;
        return (tag.Length > techniqueLength ? tag[..techniqueLength] : tag) switch
        {
            "attack.t1583" or "attack.t1585" or "attack.t1589" => AttackStage.Preparation,
            "attack.t1078" or "attack.t1110" or "attack.t1199" => AttackStage.InitialAccess,
            "attack.t1098" or "attack.t1484" or "attack.t1556" => AttackStage.Persistence,
            "attack.t1550" or "attack.t1684" or "attack.t1685" => AttackStage.Evasion,
            "attack.t1213" or "attack.t1020" or "attack.t1030" => AttackStage.Collection,
            "attack.t1565" or "attack.t1489" or "attack.t1657" => AttackStage.Impact,
            _ => OfTactic(tag),
        };
    }

    /// <summary>Written rules name tactics, too.</summary>
    private static AttackStage OfTactic(string tag) => tag switch
    {
        "attack.reconnaissance" or "attack.resource-development" => AttackStage.Preparation,
        "attack.initial-access" or "attack.credential-access" => AttackStage.InitialAccess,
        "attack.persistence" or "attack.privilege-escalation" => AttackStage.Persistence,
        "attack.stealth" or "attack.defense-impairment" or "attack.lateral-movement" => AttackStage.Evasion,
        "attack.collection" or "attack.discovery" or "attack.exfiltration" => AttackStage.Collection,
        "attack.impact" => AttackStage.Impact,
        _ => AttackStage.Unknown,
    };
}
