namespace SentinelHealth.Testing;

/// <summary>A file in which good and malformed lines stand in random order, with both kinds of line ends.</summary>
public static class HostileFile
{
    /// <summary>Writes the file; gives back what each malformed line must be refused for, by its place (<c>name:line</c>).</summary>
    public static Dictionary<string, MalformedRecord> Write(string path, IReadOnlyList<byte[]> good, int bad, int seed)
    {
        var random = new Random(seed);
        using var malformed = MalformedRecords.Make(bad, seed).GetEnumerator();
        var expected = new Dictionary<string, MalformedRecord>();
        using var file = new BufferedStream(File.Create(path), 1 << 20);
        int written = 0, line = 0;
        while (written < good.Count || expected.Count < bad)
        {
            line++;
            // The first line is good: a byte order mark in front of it would be no fault.
            var goodLeft = good.Count - written;
            if (line > 1 && random.Next(goodLeft + bad - expected.Count) >= goodLeft && malformed.MoveNext())
            {
                expected.Add($"{Path.GetFileName(path)}:{line}", malformed.Current);
                file.Write(malformed.Current.Bytes);
            }
            else
            {
                file.Write(good[written++]);
            }
            file.Write(random.Next(20) == 0 ? "\r\n"u8 : "\n"u8);
        }
        return expected;
    }
}
