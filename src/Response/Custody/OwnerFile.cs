using System.Security.Cryptography;

namespace SentinelHealth.Response.Custody;

/// <summary>Files that only their owner may read: keys.</summary>
internal static class OwnerFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file that did not exist, on the disk when this returns.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads a key file. Refuses one that others may read: such a key proves and protects nothing.</summary>
    /// <exception cref="EvidenceTamperedException">Others may read it.</exception>
    public static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new EvidenceTamperedException($"The key {path} may be read by others; give it mode 0600.");
        return File.ReadAllBytes(path);
    }

    /// <summary>Overwrites a file where it lies and removes it.</summary>
    public static void Destroy(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(RandomNumberGenerator.GetBytes((int)Math.Min(file.Length, 1 << 16)));
            file.Flush(flushToDisk: true);
        }
        File.Delete(path);
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        File.Delete(draft);
        Create(draft, content);
        File.Move(draft, path, overwrite: true);
    }
}
