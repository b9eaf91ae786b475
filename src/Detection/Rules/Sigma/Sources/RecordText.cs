using System.Text;

namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>Looks at values of a record by names in plain ASCII, without case.</summary>
internal static class RecordText
{
    /// <summary>Whether one of a field's values is this one, given in lower case.</summary>
    public static bool HasValue(SigmaRecord record, int field, string lower)
    {
        for (var link = record.FirstOf(field); link >= 0; link = record.NextOf(link))
        {
            if (Ascii.Equals(record.LowerText(record.ValueOf(link)), lower))
                return true;
        }
        return false;
    }

    /// <summary>Whether one of a field's values is one of these, given in lower case. No allocation.</summary>
    public static bool HasAnyValue(SigmaRecord record, int field, string[] lower)
    {
        foreach (var one in lower)
        {
            if (HasValue(record, field, one))
                return true;
        }
        return false;
    }

    /// <summary>Whether one of a field's values starts with this, given in lower case.</summary>
    public static bool HasStart(SigmaRecord record, int field, string lower)
    {
        for (var link = record.FirstOf(field); link >= 0; link = record.NextOf(link))
        {
            var text = record.LowerText(record.ValueOf(link));
            if (text.Length >= lower.Length && Ascii.Equals(text[..lower.Length], lower))
                return true;
        }
        return false;
    }
}
