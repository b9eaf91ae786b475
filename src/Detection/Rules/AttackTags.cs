using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace SentinelHealth.Detection.Rules;

/// <summary>Tags for techniques and tactics of MITRE ATT&amp;CK, version 19. Identifiers of earlier versions are read as their successors.</summary>
public static partial class AttackTags
{
    /// <summary>What begins a tag of this kind.</summary>
    public const string Prefix = "attack.";

    private static readonly FrozenSet<string> Tactics = FrozenSet.ToFrozenSet(
    [
        "reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation", "stealth",
        "defense-impairment", "credential-access", "discovery", "lateral-movement", "collection", "command-and-control",
        "exfiltration", "impact",
    ], StringComparer.Ordinal);

    /// <summary>
    /// Identifiers that ATT&amp;CK has replaced: by version 19, which divided defense evasion; by 17; and by 7, which made sub-techniques.
    /// </summary>
    private static readonly FrozenDictionary<string, string> Successors = """
        defense-evasion>stealth t1562>t1685 t1562.001>t1685 t1562.002>t1685.001 t1562.003>t1690 t1562.004>t1686
        t1562.006>t1685 t1562.007>t1686.001 t1562.008>t1685.002 t1562.009>t1688 t1562.010>t1689
        t1562.011>t1685.003 t1562.012>t1685.004 t1562.013>t1686.002 t1070.001>t1685.005 t1070.002>t1685.006
        t1656>t1684.001 t1672>t1684.002 t1574.002>t1574.001 t1002>t1560 t1015>t1546.008 t1028>t1021.006
        t1035>t1569.002 t1038>t1574.001 t1050>t1543.003 t1060>t1547.001 t1063>t1518.001 t1064>t1059
        t1075>t1550.002 t1076>t1021.001 t1077>t1021.002 t1081>t1552.001 t1084>t1546.003 t1085>t1218.011
        t1086>t1059.001 t1088>t1548.002 t1089>t1685 t1093>t1055.012 t1096>t1564.004 t1097>t1550.003
        t1099>t1070.006 t1100>t1505.003 t1107>t1070.004 t1117>t1218.010 t1118>t1218.004 t1121>t1218.009
        t1130>t1553.004 t1145>t1552.004 t1158>t1564.001 t1166>t1548.001 t1169>t1548.003 t1170>t1218.005
        t1183>t1546.012 t1191>t1218.003 t1192>t1566.002 t1193>t1566.001 t1194>t1566.003 t1208>t1558.003
        t1214>t1552.002 t1223>t1218.001 t1492>t1565.001 t1493>t1565.002 t1494>t1565.003 t1527>t1550.001
        """.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('>'))
        .ToFrozenDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>A tag under its current identifier; every other tag as it is.</summary>
    public static string Current(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var name = NameOf(tag);
        if (name.Length == 0)
            return tag;
        return Prefix + (Successors.TryGetValue(name, out var successor) ? successor : name);
    }

    /// <summary>Whether a tag claims to be of ATT&amp;CK and is neither a tactic nor shaped like a technique, group or software.</summary>
    public static bool IsUnknown(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var name = NameOf(Current(tag));
        return name.Length > 0 && !Tactics.Contains(name) && !Identifier().IsMatch(name);
    }

    /// <summary>The tag without its prefix, in lower case and with dashes; empty for tags of other kinds.</summary>
    private static string NameOf(string tag) => tag.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        ? tag[Prefix.Length..].ToLowerInvariant().Replace('_', '-')
        : "";

    [GeneratedRegex(@"^(t[0-9]{4}(\.[0-9]{3})?|[gs][0-9]{4}|ta[0-9]{4}|ds[0-9]{4})$")]
    private static partial Regex Identifier();
}
