using System.Security.Cryptography;
using System.Text.Json;

namespace SentinelHealth.Dashboard.Backup;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Its place in the data folder, with slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its digest.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>What is in a backup, beside its files: so that it can be told whole from torn.</summary>
internal sealed record BackupManifest
{
    public const string FileName = "backup.json";
    public const int ShapeNow = 1;

    private const int FilesMax = 100_000;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The shape of this file.</summary>
    public int Shape { get; init; } = ShapeNow;

    /// <summary>When the case store was as it is in here.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The program that wrote it.</summary>
    public required string Program { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>Keys the monitor needs that are not in here.</summary>
    public IReadOnlyList<string> KeysLeftOut { get; init; } = [];

    /// <summary>The manifest of a backup.</summary>
    /// <exception cref="InvalidDataException">There is none, or it cannot be read.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"{path}: There is no backup here, or it was not finished.");
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(path), Web);
            return manifest is { Shape: ShapeNow, Files.Count: <= FilesMax }
                ? manifest : throw new InvalidDataException($"{path}: A later program wrote this backup.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: It is not what was written.", fault);
        }
    }

    public void Write(string folder) => Storage.WholeFile.Replace(
        Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, Web));

    /// <summary>A file as it is listed.</summary>
    public static BackupFile Of(string folder, string path)
    {
        using var stream = File.OpenRead(path);
        return new BackupFile(
            Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), stream.Length,
            Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>The place of a listed file below a folder.</summary>
    /// <exception cref="InvalidDataException">The list names a place outside.</exception>
    public static string PlaceOf(string folder, BackupFile file)
    {
        var place = Path.GetFullPath(Path.Combine(folder, file.Path));
        return place.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? place : throw new InvalidDataException($"{file.Path}: The backup names a place outside of itself.");
    }
}
