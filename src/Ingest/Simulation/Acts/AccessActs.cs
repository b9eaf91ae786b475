using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Acts;

/// <summary>AccessRegistry and RecordAnchor.</summary>
internal static class AccessActs
{
    private const string Contract = "AccessRegistry";

    /// <summary>Writes that a record was read; returns the transaction's hash.</summary>
    public static string Read(this Pen pen, in Moment moment, in Access access) =>
        pen.Write(Use(pen, moment, access, "recordAccess", pen.Scene.Ids.Next("r"), pen.NewTransaction()), moment.At);

    /// <summary>The same with a hash chosen before, because a query named it first.</summary>
    public static void Read(this Pen pen, in Moment moment, in Access access, string transaction) =>
        pen.Write(Use(pen, moment, access, "recordAccess", pen.Scene.Ids.Next("r"), transaction), moment.At);

    /// <summary>Asks the key vault for the key of a sealed record.</summary>
    public static string Decrypt(this Pen pen, in Moment moment, in Access access) =>
        pen.Write(Use(pen, moment, access, "decryptKey", "k-" + access.Patient.Id[8..], pen.NewTransaction()), moment.At);

    /// <summary>Anchors the hash of a new or changed record.</summary>
    public static string Anchor(this Pen pen, in Moment moment, Patient patient) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = patient.Id,
                Contract = "RecordAnchor",
                Method = "anchorRecord",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(46_000),
                Arguments =
                [
                    Argument.Text(Names.RecordId, pen.Scene.Ids.Next("r")),
                    Argument.Text(Names.RecordHash, pen.Scene.Ids.Hash()),
                ],
            },
            moment.At);

    /// <summary>Gives someone access for a time and returns what was given.</summary>
    public static Authorization Grant(this Pen pen, in Moment moment, Patient patient, Authorization grant)
    {
        patient.Add(grant, moment.At);
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = patient.Id,
                Purpose = grant.Purpose,
                GrantId = grant.Id,
                ConsentId = grant.ConsentId,
                Gives = grant,
                Contract = Contract,
                Method = "grantAccess",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(71_000),
                Arguments =
                [
                    Argument.Text(Names.Grantee, grant.Grantee),
                    Argument.List(Names.Scope, grant.Scope),
                    Argument.Time(Names.ExpiresAt, grant.ExpiresAt),
                ],
            },
            moment.At);
        return grant;
    }

    /// <summary>Takes a grant back. The holder's software knows at once, the ledger a few minutes later.</summary>
    public static DateTimeOffset Revoke(this Pen pen, in Moment moment, Patient patient, Authorization grant)
    {
        grant.IsRevoked = true;
        var at = moment.At + pen.Random.Minutes(5, 9);
        grant.RevokedAt = at;
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = patient.Id,
                GrantId = grant.Id,
                Contract = Contract,
                Method = "revokeAccess",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(31_000),
            },
            at);
        return at;
    }

    private static LedgerRecord Use(Pen pen, in Moment moment, in Access access, string method, string thing, string transaction)
    {
        // Some gateways cite what they rely on, some leave finding it to the contract.
        var cited = access.Basis is { } basis && pen.Random.Chance(0.85) ? basis : null;
        var credential = moment.Actor.CredentialId is { } held && pen.Random.Chance(moment.Actor.ShowsCredential) ? held : null;
        var isRead = method == "recordAccess";
        var category = isRead || pen.Random.Chance(0.8) ? access.Category : null;
        return new LedgerRecord
        {
            Node = moment.Node,
            Actor = moment.Actor,
            Subject = access.Patient.Id,
            Purpose = access.Purpose,
            Basis = access.Basis,
            GrantId = cited is { IsGrant: true } ? cited.Id : null,
            ConsentId = cited is null ? null : cited.IsGrant ? cited.ConsentId : cited.Id,
            Contract = Contract,
            Method = method,
            TransactionHash = transaction,
            GasUsed = pen.Gas(isRead ? 38_000 : 44_000),
            // A nonce taken twice, gas set too low: a few fail whatever they ask for.
            IsReverted = pen.Random.Chance(0.004),
            Arguments = Arguments(isRead, thing, category, credential),
        };
    }

    private static Argument[] Arguments(bool isRead, string thing, string? category, string? credential)
    {
        var first = Argument.Text(isRead ? Names.RecordId : Names.KeyId, thing);
        return (category, credential) switch
        {
            (null, null) => [first],
            ({ } named, null) => [first, Argument.Text(Names.Category, named)],
            (null, { } held) => [first, Argument.Text(Names.CredentialId, held)],
            ({ } named, { } held) => [first, Argument.Text(Names.Category, named), Argument.Text(Names.CredentialId, held)],
        };
    }
}
