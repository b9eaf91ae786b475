using System.Reflection;
using System.Runtime.InteropServices;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Finds the native Kafka client, librdkafka, for the managed one.</summary>
/// <remarks>
/// Looked for beside the program, then where <c>build-librdkafka</c> puts it, then where a NuGet package or the system has it.
/// Only what uses Kafka calls this, so nothing else needs the library.
/// </remarks>
public static class KafkaLibrary
{
    /// <summary>Version 2.1.0: the first with every function that the managed client calls.</summary>
    private const int VersionMin = 0x020100ff;

    private const string FileName = "librdkafka.so.1", ManagedName = "librdkafka", FolderName = "librdkafka-2.15.1";

    private static readonly Lock Gate = new();
    private static IntPtr _handle;

    /// <summary>Where the build script keeps the library for this user.</summary>
    public static string CachedPath
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "sentinelhealth", FolderName, FileName);
        }
    }

    /// <summary>Loads the library. Needed before the first client; later calls do nothing. Safe from any thread.</summary>
    /// <exception cref="DllNotFoundException">There is none, or only one that is too old; the message says what to do.</exception>
    public static void Load() => _ = LoadHandle();

    /// <summary>The library itself, for those who call what the managed client does not offer.</summary>
    internal static IntPtr LoadHandle()
    {
        lock (Gate)
        {
            if (_handle != IntPtr.Zero)
                return _handle;
            var managed = typeof(Confluent.Kafka.Library).Assembly;
            var handle = Find([Path.Combine(AppContext.BaseDirectory, FileName), CachedPath, ManagedName, FileName], managed);
            NativeLibrary.SetDllImportResolver(managed, (name, _, _) => name == ManagedName ? handle : IntPtr.Zero);
            return _handle = handle;
        }
    }

    /// <summary>The handle of the first library that loads and is new enough.</summary>
    internal static IntPtr Find(IReadOnlyList<string> names, Assembly managed)
    {
        const DllImportSearchPath Places = DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory;
        var tooOld = "";
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, managed, Places, out var handle))
                continue;
            var version = Marshal.GetDelegateForFunctionPointer<VersionFunction>(NativeLibrary.GetExport(handle, "rd_kafka_version"))();
            if (version >= VersionMin)
                return handle;
            tooOld = $" {name} has version {version >> 24}.{(version >> 16) & 0xff}.{(version >> 8) & 0xff}, which is too old.";
            NativeLibrary.Free(handle);
        }
        throw new DllNotFoundException(
            $"The Kafka client library was not found (tried {string.Join(", ", names)}).{tooOld} Run ./build-librdkafka once, or build with "
            + "-p:LibrdkafkaFromNuGet=true where the package feed has librdkafka.redist.");
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionFunction();
}
