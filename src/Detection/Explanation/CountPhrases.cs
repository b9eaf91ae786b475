using System.Globalization;
using SentinelHealth.Detection.Detectors;

namespace SentinelHealth.Detection.Explanation;

/// <summary>How counts read: numbers with their nouns, and whose count it is.</summary>
internal static class CountPhrases
{
    private static readonly string[] Participles = ["opened", "met", "unsealed", "exported", "written", "moved", "changed", "received"];

    /// <summary>"1 record read", "12 record reads", "1 search of a whole gallery": the first plural of the noun follows the number.</summary>
    public static string Of(double count, string plural)
    {
        var number = Math.Max(0, Math.Round(count));
        return $"{number.ToString("#,0", CultureInfo.InvariantCulture)} {(number == 1 ? Singular(plural) : plural)}";
    }

    /// <summary>"once", "twice", "12 times".</summary>
    public static string Times(double count) => Math.Round(count) switch
    {
        <= 1 => "once",
        2 => "twice",
        var times => times.ToString("#,0", CultureInfo.InvariantCulture) + " times",
    };

    /// <summary>", where about 3 are usual".</summary>
    public static string Usual(double expected) => Math.Round(expected) switch
    {
        <= 0 => ", where hardly any are usual",
        1 => ", where about 1 is usual",
        var usual => $", where about {usual.ToString("#,0", CultureInfo.InvariantCulture)} are usual",
    };

    /// <summary>What was counted and in which time: "record reads" and "within an hour".</summary>
    public static (string What, string Span) Split(DetectorSlot slot, string name)
    {
        if (slot.IsCounting)
        {
            var (what, width) = Phrasing.Halves(name);
            return (what, Phrasing.Within(width));
        }
        var cut = name.LastIndexOf(" within ", StringComparison.Ordinal);
        return cut < 0 ? (name, "") : (name[..cut], name[(cut + 1)..]);
    }

    /// <summary>A count of somebody's or something's doings, without the subject of the sentence.</summary>
    public static string Clause(DetectorSlot slot, string name, in SurprisePart part, in Scene scene)
    {
        var (what, span) = Split(slot, name);
        // Buckets are looked at because something happened in them; less than one is never the usual there.
        var usual = Usual(slot.IsCounting ? Math.Max(1, part.Expected) : part.Expected);
        var isSpread = slot.Detector is Spread;
        var count = Of(part.Observed, what);
        return slot.View switch
        {
            EntityView.Patient when isSpread => $"dealt with a patient whose records had {count} {span}{usual} for such a patient",
            EntityView.Patient => $"dealt with a patient who drew {count} {span}{usual} for such a patient",
            EntityView.Node => $"came through {scene.Node}, which carried {count} {span}{usual} for it",
            EntityView.Device or EntityView.Sensor => $"used a device that {Had(what, part.Observed)} {span}{usual} for it",
            EntityView.Recipient => $"gave to {scene.Recipient}, who {Received(what, part.Observed)} {span}{usual} for such a recipient",
            _ when isSpread => $"{(what.EndsWith("patients", StringComparison.Ordinal) ? "reached" : "used")} {count} {span}{usual}",
            _ => $"{Had(what, part.Observed)} {span}{usual}",
        };
    }

    /// <summary>"keys unsealed without a look" as "unsealed 3 keys without a look"; other nouns are had.</summary>
    private static string Had(string what, double count)
    {
        foreach (var verb in Participles)
        {
            var at = what.IndexOf(" " + verb, StringComparison.Ordinal);
            if (at > 0)
                return $"{verb} {Of(count, what.Remove(at, verb.Length + 1))}";
        }
        return (what == "patients" ? "met " : "had ") + Of(count, what);
    }

    private static string Received(string what, double count) => what switch
    {
        "givers" => "received from " + Of(count, what),
        "patients" => "received what concerns " + Of(count, what),
        _ => Had(what, count),
    };

    private static string Singular(string plural)
    {
        if (plural == "tokens and payments")
            return "token or payment";
        var words = plural.Split(' ');
        var noun = Array.FindIndex(words, word => word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal));
        if (noun < 0)
            return plural;
        words[noun] = words[noun].EndsWith("ies", StringComparison.Ordinal) ? words[noun][..^3] + "y"
            : words[noun].EndsWith("ches", StringComparison.Ordinal) ? words[noun][..^2]
            : words[noun][..^1];
        return string.Join(' ', words);
    }
}
