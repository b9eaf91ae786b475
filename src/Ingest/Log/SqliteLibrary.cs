using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace SentinelHealth.Ingest.Log;

/// <summary>Binds the managed SQLite driver to the SQLite library of the operating system, which gets its security fixes.</summary>
public static class SqliteLibrary
{
    /// <summary>The name the managed provider asks for.</summary>
    private const string ProviderName = "e_sqlite3";

    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.0.dylib", "libsqlite3.dylib", "winsqlite3"];
    private static readonly Lock Gate = new();
    private static bool _isLoaded;

    /// <summary>Loads the library. Needed before the first connection; later calls do nothing. Safe from any thread.</summary>
    /// <exception cref="DllNotFoundException">No SQLite library is installed; the message names the Debian package to install.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (_isLoaded)
                return;
            var handle = Find(SystemNames);
            NativeLibrary.SetDllImportResolver(
                typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == ProviderName ? handle : IntPtr.Zero);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            raw.FreezeProvider();
            _isLoaded = true;
        }
    }

    /// <summary>The handle of the first library that loads.</summary>
    internal static IntPtr Find(IReadOnlyList<string> names)
    {
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out var handle))
                return handle;
        throw new DllNotFoundException(
            $"SQLite was not found (tried {string.Join(", ", names)}). On Debian and Ubuntu install the package libsqlite3-0.");
    }
}
