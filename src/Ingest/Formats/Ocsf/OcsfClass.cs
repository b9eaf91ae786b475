using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ocsf;

/// <summary>One of the accepted OCSF classes: what its activities are called here and what it must say.</summary>
internal sealed class OcsfClass
{
    public const long Api = 6003, Datastore = 6005, Authentication = 3002, UserAccess = 3005;

    private static readonly OcsfClass[] Known =
    [
        new(Api, "OcsfApiActivity", ["api"], "an 'api'",
            new() { [1] = "createRecord", [2] = "recordAccess", [3] = "updateRecord", [4] = "deleteRecord" }),
        new(Datastore, "OcsfDatastoreActivity", ["database", "databucket", "table"], "a 'database', a 'databucket' or a 'table'",
            new()
            {
                [1] = "recordAccess", [2] = "updateRecord", [3] = "connect", [4] = "recordAccess", [5] = "updateRecord",
                [6] = "createRecord", [7] = "deleteRecord", [8] = "recordAccess", [9] = "encryptRecord", [10] = "decryptKey",
            }),
        new(Authentication, "OcsfAuthentication", ["service", "dst_endpoint"], "a 'service' or a 'dst_endpoint'",
            new()
            {
                [1] = "login", [2] = "logout", [3] = "authenticationTicket", [4] = "serviceTicketRequest",
                [5] = "serviceTicketRenew", [6] = "preauth", [7] = "accountSwitch",
            }),
        new(UserAccess, "OcsfUserAccess", ["user"], "a 'user'",
            new() { [1] = "assignPrivileges", [2] = "revokePrivileges", [3] = "assignRole", [4] = "removeRole" }),
    ];

    private readonly string[] _targets;

    private OcsfClass(long uid, string name, string[] targets, string targetSentence, Dictionary<long, string> methods)
    {
        Uid = uid;
        Name = name;
        _targets = targets;
        TargetSentence = targetSentence;
        Methods = methods;
    }

    /// <summary>Numbers every OCSF event must have.</summary>
    public static IReadOnlyList<string> RequiredNumbers { get; } =
        ["activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid"];

    public long Uid { get; }

    public string Name { get; }

    /// <summary>What must be there, as part of a sentence.</summary>
    public string TargetSentence { get; }

    /// <summary>Native methods by activity.</summary>
    public IReadOnlyDictionary<long, string> Methods { get; }

    public bool HasTarget(JsonElement record) => _targets.Any(target => record.Member(target).ValueKind == JsonValueKind.Object);

    public static OcsfClass? Of(long uid) => Array.Find(Known, known => known.Uid == uid);
}
