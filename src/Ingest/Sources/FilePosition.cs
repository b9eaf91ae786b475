using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace SentinelHealth.Ingest.Sources;

/// <summary>How far a file has been read, with enough of its content to know it again after it was renamed, cut or replaced.</summary>
/// <param name="Byte">Bytes read.</param>
/// <param name="Line">Lines read.</param>
/// <param name="Fingerprint">SHA-256 of the file's first and of the last bytes read, lower-case hex; empty at the beginning.</param>
internal sealed record FilePosition(
    [property: JsonRequired] long Byte, [property: JsonRequired] long Line, [property: JsonRequired] string Fingerprint)
{
    private const int HeadBytes = 256, TailBytes = 256;

    public static readonly FilePosition Start = new(0, 0, "");

    public NdjsonPosition InFile => new(Byte, Line);

    public static FilePosition Of(SafeFileHandle file, NdjsonPosition position) =>
        new(position.Byte, position.Line, FingerprintOf(file, position.Byte));

    /// <summary>Whether a file holds what had been read when this position was taken.</summary>
    public bool IsIn(SafeFileHandle file) =>
        RandomAccess.GetLength(file) >= Byte && FingerprintOf(file, Byte) == Fingerprint;

    /// <summary>Reads a stored position; the start when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is there but holds no position. Remove it to start over.</exception>
    public static FilePosition Load(string path)
    {
        if (!File.Exists(path))
            return Start;
        try
        {
            var stored = JsonSerializer.Deserialize<FilePosition>(File.ReadAllBytes(path));
            if (stored is { Byte: >= 0, Line: >= 0, Fingerprint: not null })
                return stored;
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException(DamageIn(path), damage);
        }
        throw new InvalidDataException(DamageIn(path));
    }

    /// <summary>Replaces the stored position. A crash leaves the old one or the new one.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(this));
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }

    private static string DamageIn(string path) =>
        $"{path} holds no file position. Remove it to read the file from its beginning; known records are recognized.";

    private static string FingerprintOf(SafeFileHandle file, long bytesRead)
    {
        if (bytesRead == 0)
            return "";
        var head = new byte[(int)Math.Min(HeadBytes, bytesRead)];
        var tail = new byte[(int)Math.Min(TailBytes, bytesRead)];
        var read = RandomAccess.Read(file, head, 0) + RandomAccess.Read(file, tail, bytesRead - tail.Length);
        return read < head.Length + tail.Length ? "cut" : Convert.ToHexStringLower(SHA256.HashData([.. head, .. tail]));
    }
}
