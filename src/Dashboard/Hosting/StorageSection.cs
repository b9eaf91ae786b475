using System.ComponentModel.DataAnnotations;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Which database cases are in.</summary>
internal enum StorageEngineKind
{
    /// <summary>A file of the data folder, for one process.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, for several.</summary>
    Postgres,
}

/// <summary>Where cases, actions, timers and positions are kept.</summary>
internal sealed record StorageSection : IValidatableObject
{
    public StorageEngineKind Engine { get; init; }

    public PostgresSection Postgres { get; init; } = new();

    /// <summary>Whether other processes may use the same store.</summary>
    public bool IsShared => Engine == StorageEngineKind.Postgres;

    /// <summary>Opens the case store.</summary>
    /// <exception cref="InvalidDataException">A later version wrote it, or the server is too old.</exception>
    /// <exception cref="IOException">The server cannot be used; the message names the setting.</exception>
    public CaseStore OpenCases(string dataFolder) => Engine == StorageEngineKind.Postgres
        ? PostgresCaseStore.Open(Postgres.ToOptions())
        : SqliteCaseStore.Open(Path.Combine(dataFolder, MonitorParts.CasesFile));

    /// <summary>Whether there may be cases: a file that is absent has none; a server is asked when it is opened.</summary>
    public bool HasCases(string dataFolder) => IsShared || File.Exists(Path.Combine(dataFolder, MonitorParts.CasesFile));

    /// <summary>Says which of the processes that share the store runs timers and daily jobs.</summary>
    public ILeadership OpenLeadership(ILoggerFactory logs) => Engine == StorageEngineKind.Postgres
        ? new PostgresLeadership(Postgres.ToOptions(), TimeProvider.System, logs.CreateLogger<PostgresLeadership>())
        : new SoleLeadership();

    /// <summary>Opens accounts, sessions and tokens.</summary>
    public IdentityStore OpenIdentities(string dataFolder) => new(Open(DashboardStore.Identities, dataFolder));

    /// <summary>Opens what people recorded for regulators.</summary>
    public ComplianceStore OpenCompliance(string dataFolder) => new(Open(DashboardStore.Compliance, dataFolder));

    /// <summary>Opens the trail of readings.</summary>
    public ReadTrail OpenReads(string dataFolder, ActTrail acts) => new(Open(DashboardStore.Reads, dataFolder)) { Acts = acts };

    /// <summary>Opens the answers to orders with a key.</summary>
    public AnswerStore OpenAnswers(string dataFolder) => new(Open(DashboardStore.Answers, dataFolder));

    /// <summary>Opens stages of rules, first steps and other small documents.</summary>
    public IDocuments OpenDocuments(string dataFolder)
    {
        if (!IsShared)
            return new FolderDocuments(dataFolder);
        if (Postgres.KeyRingFile.Length > 0)
            _ = KeyRingSecret.Of(Postgres.KeyRingFile);
        var documents = new StoredDocuments(PostgresEngine.Open(Postgres.ToFewOptions(), DashboardStore.Documents));
        try
        {
            DataMove.Run(dataFolder, documents);
            return documents;
        }
        catch
        {
            documents.Dispose();
            throw;
        }
    }

    /// <summary>Opens the database of a store. What an earlier program or a backup left in the data folder is moved into a shared one.</summary>
    /// <exception cref="InvalidDataException">A later version wrote it, the server is too old, or both places hold records.</exception>
    /// <exception cref="IOException">The server cannot be used; the message names the setting.</exception>
    public StoreEngine Open(DashboardStore store, string dataFolder)
    {
        if (!IsShared)
            return SqliteEngine.OpenPrivate(new SqliteFile(Path.Combine(dataFolder, store.FileName)));
        var engine = PostgresEngine.Open(Postgres.ToFewOptions(), store.Name);
        try
        {
            DataMove.Run(store, dataFolder, engine);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Opens the database of persons' keys that processes share.</summary>
    /// <exception cref="InvalidDataException">A later version wrote it.</exception>
    /// <exception cref="IOException">The server cannot be used; the message names the setting.</exception>
    public StoreEngine OpenVault(string dataFolder) => Open(DashboardStore.Vault, dataFolder);

    /// <summary>What shows that a process belongs to this cluster; null when the database's own rights are all there is.</summary>
    /// <exception cref="IOException">The file cannot be read or is too short.</exception>
    public byte[]? CustodySecret() => Postgres.KeyRingFile.Length > 0 ? KeyRingSecret.Of(Postgres.KeyRingFile).Key : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Engine == StorageEngineKind.Postgres && Postgres.ConnectionString.Length == 0)
            yield return new("PostgreSQL is chosen, and Postgres:ConnectionString does not say where it is.", [nameof(Postgres)]);
    }
}

/// <summary>The PostgreSQL server.</summary>
internal sealed record PostgresSection
{
    private const int FewConnections = 4;

    /// <summary>Such as <c>Host=db;Database=sentinel;Username=sentinel;SSL Mode=VerifyFull</c>. Leave the password to the file or the environment.</summary>
    [StringLength(4_096)]
    public string ConnectionString { get; init; } = "";

    /// <summary>File whose first line is the password, such as a mounted secret; empty when the connection string or PGPASSWORD has it.</summary>
    [StringLength(4_096)]
    public string PasswordFile { get; init; } = "";

    /// <summary>
    /// File of at least 32 secret bytes, the same for all processes, under which the keys of cookies and authenticators are sealed in the database; empty
    /// when whoever reads the database may have them.
    /// </summary>
    [StringLength(4_096)]
    public string KeyRingFile { get; init; } = "";

    /// <summary>What the names of the schemas begin with.</summary>
    [RegularExpression("[a-z][a-z0-9_]{0,40}")]
    public string SchemaPrefix { get; init; } = "sentinel";

    /// <summary>Most connections one store keeps.</summary>
    [Range(2, 100)]
    public int ConnectionsMax { get; init; } = 6;

    /// <summary>How often something is tried again that a fault of the connection undid.</summary>
    [Range(1, 100)]
    public int RetriesMax { get; init; } = 8;

    /// <exception cref="IOException">The password's file cannot be read.</exception>
    public PostgresOptions ToOptions() => new()
    {
        ConnectionString = PasswordFile.Length == 0 ? ConnectionString : $"{ConnectionString};{PasswordPart()}",
        SchemaPrefix = SchemaPrefix,
        ConnectionsMax = ConnectionsMax,
        RetriesMax = RetriesMax,
    };

    /// <summary>For stores that people use: a few statements a second.</summary>
    public PostgresOptions ToFewOptions() => ToOptions() with { ConnectionsMax = Math.Min(ConnectionsMax, FewConnections) };

    private string PasswordPart()
    {
        try
        {
            var password = File.ReadLines(PasswordFile).FirstOrDefault() ?? "";
            return new System.Data.Common.DbConnectionStringBuilder { ["Password"] = password }.ConnectionString;
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException("Storage:Postgres:PasswordFile: the file may not be read.");
        }
    }
}
