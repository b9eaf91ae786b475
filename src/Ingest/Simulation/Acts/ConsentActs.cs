using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Acts;

/// <summary>ConsentRegistry.</summary>
internal static class ConsentActs
{
    private const string Contract = "ConsentRegistry";

    public static Authorization Consent(this Pen pen, in Moment moment, Patient patient, Authorization consent)
    {
        patient.Add(consent, moment.At);
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = patient.Id,
                Purpose = consent.Purpose,
                ConsentId = consent.Id,
                Gives = consent,
                Contract = Contract,
                Method = "grantConsent",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(64_000),
                Arguments =
                [
                    Argument.Text(Names.Grantee, consent.Grantee),
                    Argument.List(Names.Scope, consent.Scope),
                    Argument.Time(Names.ExpiresAt, consent.ExpiresAt),
                ],
            },
            moment.At);
        return consent;
    }

    /// <summary>Withdraws a consent, and with it every grant that rests on it. Returns when the transaction is written.</summary>
    public static DateTimeOffset Withdraw(
        this Pen pen, in Moment moment, Patient patient, Authorization consent, DateTimeOffset purgeDueAt)
    {
        consent.IsRevoked = true;
        foreach (var grant in patient.Authorizations)
        {
            if (grant.IsGrant && grant.ConsentId == consent.Id)
                grant.IsRevoked = true;
        }
        var at = moment.At + pen.Random.Minutes(5, 9);
        consent.RevokedAt = at;
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = patient.Id,
                ConsentId = consent.Id,
                Contract = Contract,
                Method = "revokeConsent",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(33_000),
                Arguments = [Argument.Time(Names.PurgeDueAt, purgeDueAt)],
            },
            at);
        return at;
    }

    public static string Purge(this Pen pen, in Moment moment, Patient patient) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = patient.Id,
                Contract = Contract,
                Method = "purgeRecord",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(29_000),
                Arguments = [Argument.Text(Names.RecordId, pen.Scene.Ids.Next("r"))],
            },
            moment.At);
}
