using System.Text;

namespace SentinelHealth.Ingest.Tests.Formats;

/// <summary>JSON texts by chance, about half of them with a fault somewhere.</summary>
internal static class RandomJson
{
    private const string Digits = "0123456789";
    private const string Odd = "{}[]\",:\\0-e.ntf u+E/\t\n\r1\u0001\u007fé€😀";
    private static readonly string[] Spaces = ["", "", "", " ", "\n", "\t ", "\r\n"];
    private static readonly string[] Pieces =
        ["", "a", "name", " ", "é", "€", "😀", "\u007f", "\\n", "\\\"", "\\\\", "\\/", "\\b", "\\u00e9", "\\uD83D\\ude00", "abcdefghijklmnopqrstuvwxyz0123456789"];
    private static readonly string[] Literals = ["true", "false", "null"];

    public static string Value(Random random)
    {
        var text = new StringBuilder();
        Write(text, random, depth: random.Next(5));
        for (var faults = random.Next(3) == 0 ? random.Next(1, 3) : 0; faults > 0 && text.Length > 0; faults--)
        {
            var at = random.Next(text.Length);
            // A character, never half of one: the scanner is given UTF-8 only.
            if (char.IsSurrogate(text[at]))
                continue;
            if (random.Next(2) == 0)
                text.Remove(at, 1);
            else if (at == 0 || !char.IsHighSurrogate(text[at - 1]))
                text.Insert(at, Odd.EnumerateRunes().ElementAt(random.Next(Odd.EnumerateRunes().Count())).ToString());
        }
        return text.ToString();
    }

    public static string Number(Random random)
    {
        var text = new StringBuilder(random.Next(3) == 0 ? "-" : "");
        text.Append(random.Next(4) == 0 ? "0" : Run(random, random.Next(3) == 0 ? 24 : 9));
        if (random.Next(2) == 0)
            text.Append('.').Append(Run(random, random.Next(3) == 0 ? 24 : 6));
        if (random.Next(5) == 0)
            text.Append("eE"[random.Next(2)]).Append(new[] { "", "+", "-" }[random.Next(3)]).Append(Run(random, 3));
        return text.ToString();
    }

    private static void Write(StringBuilder text, Random random, int depth)
    {
        text.Append(Space(random));
        switch (random.Next(depth > 0 ? 7 : 4))
        {
            case 0: Text(text, random); break;
            case 1: text.Append(Number(random)); break;
            case 2: text.Append(Literals[random.Next(Literals.Length)]); break;
            case 3: text.Append(random.Next(2) == 0 ? "{}" : "[ ]"); break;
            case 4: List(text, random, depth, '[', ']'); break;
            default: List(text, random, depth, '{', '}'); break;
        }
        text.Append(Space(random));
    }

    private static void List(StringBuilder text, Random random, int depth, char open, char close)
    {
        text.Append(open);
        for (var (item, count) = (0, random.Next(5)); item < count; item++)
        {
            text.Append(item == 0 ? "" : ",").Append(Space(random));
            if (open == '{')
            {
                Text(text, random);
                text.Append(Space(random)).Append(':');
            }
            Write(text, random, depth - 1);
        }
        text.Append(Space(random)).Append(close);
    }

    private static void Text(StringBuilder text, Random random)
    {
        text.Append('"');
        for (var pieces = random.Next(4); pieces > 0; pieces--)
            text.Append(Pieces[random.Next(Pieces.Length)]);
        text.Append('"');
    }

    private static string Space(Random random) => Spaces[random.Next(Spaces.Length)];

    private static string Run(Random random, int lengthMax) =>
        string.Concat(Enumerable.Range(0, random.Next(1, lengthMax + 1)).Select(_ => Digits[random.Next(10)]));
}
