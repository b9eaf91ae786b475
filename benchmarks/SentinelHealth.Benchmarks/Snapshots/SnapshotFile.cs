using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SentinelHealth.Detection;

namespace SentinelHealth.Benchmarks.Snapshots;

/// <summary>A snapshot on a disk: written until the disk has it, and read from the disk and not from what the system remembers of it.</summary>
internal sealed class SnapshotFile(string path)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Its size.</summary>
    public long Bytes => new FileInfo(path).Length;

    /// <summary>Writes an engine and waits for the disk.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Write(DetectionEngine engine)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
        engine.Save(file);
        file.Flush(flushToDisk: true);
        return Stopwatch.GetElapsedTime(startedAt);
    }

    /// <summary>Makes an engine of it.</summary>
    /// <returns>The engine, how long it took, and how much of the file came from the disk; 0 where the system does not tell.</returns>
    public (DetectionEngine Engine, TimeSpan Took, long BytesFromDisk) Read(DetectionOptions options)
    {
        using var file = Open();
        Forget(file);
        var (fromDisk, startedAt) = (BytesReadFromDisk(), Stopwatch.GetTimestamp());
        var engine = DetectionEngine.Load(file, options);
        return (engine, Stopwatch.GetElapsedTime(startedAt), BytesReadFromDisk() - fromDisk);
    }

    /// <summary>Whether an engine is saved as exactly these bytes.</summary>
    public bool Holds(DetectionEngine engine)
    {
        using var hash = SHA256.Create();
        using (CryptoStream saved = new(Stream.Null, hash, CryptoStreamMode.Write))
        using (BufferedStream buffered = new(saved, BufferBytes))
            engine.Save(buffered);
        using var file = Open();
        return SHA256.HashData(file).AsSpan().SequenceEqual(hash.Hash);
    }

    public void Delete() => File.Delete(path);

    private FileStream Open() =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);

    /// <summary>Asks Linux to forget what it remembers of the file, which is on the disk; elsewhere nothing is asked.</summary>
    private static void Forget(FileStream file)
    {
        const int dontNeed = 4;
        if (!OperatingSystem.IsLinux())
            return;
        var number = file.SafeFileHandle.DangerousGetHandle().ToInt32();
        if (Advise(number, 0, 0, dontNeed) is not 0 and var fault)
            throw new IOException($"The system does not forget {file.Name}: error {fault}.");
    }

    private static long BytesReadFromDisk()
    {
        const string field = "read_bytes: ";
        return OperatingSystem.IsLinux()
            ? long.Parse(
                File.ReadLines("/proc/self/io").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..],
                CultureInfo.InvariantCulture)
            : 0;
    }

    [DllImport("libc", EntryPoint = "posix_fadvise"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(int file, long offset, long length, int advice);
}
