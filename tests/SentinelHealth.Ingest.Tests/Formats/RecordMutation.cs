namespace SentinelHealth.Ingest.Tests.Formats;

/// <summary>Small changes of a record, of which many leave it well-formed.</summary>
internal static class RecordMutation
{
    private const string Delicate = "{}[]\",:\\0-e.ntf u+E/\t\n\r1";

    public static byte[] Of(byte[] record, Random random)
    {
        var bytes = record.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count), length = random.Next(0, Math.Min(40, bytes.Count - at));
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] = (byte)Delicate[random.Next(Delicate.Length)]; break;
                case 2: bytes.RemoveRange(at, Math.Min(length, bytes.Count - 1)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length), length)); break;
                case 4: bytes.Insert(at, (byte)Delicate[random.Next(Delicate.Length)]); break;
                default: DropOrRepeatMember(bytes, random); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Works on the commas, so that the result often stays well-formed.</summary>
    private static void DropOrRepeatMember(List<byte> bytes, Random random)
    {
        var commas = Enumerable.Range(0, bytes.Count).Where(i => bytes[i] == ',').ToArray();
        if (commas.Length < 3)
            return;
        var first = random.Next(commas.Length - 1);
        var member = bytes.GetRange(commas[first], commas[first + 1] - commas[first]);
        if (random.Next(2) == 0)
            bytes.RemoveRange(commas[first], member.Count);
        else
            bytes.InsertRange(commas[random.Next(commas.Length)], member);
    }
}
