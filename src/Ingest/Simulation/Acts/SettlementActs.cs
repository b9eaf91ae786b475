using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Acts;

/// <summary>A claim as the insurer sees it.</summary>
internal sealed record Claim(string Id, string EncounterId, string Code, double Amount, Patient Patient, Organization Payee);

/// <summary>A deal in the data market.</summary>
internal sealed record Deal(string EscrowId, string Payee, string? GrantId, double Amount);

/// <summary>ProofVerifier, DataToken, Escrow and ClaimsLedger.</summary>
internal static class SettlementActs
{
    /// <summary>Shows a fresh proof.</summary>
    public static string Prove(this Pen pen, in Moment moment, string purpose)
    {
        var proof = new ShownProof(pen.Scene.Ids.Hash(), pen.Scene.Ids.Hash(), purpose);
        pen.Scene.Memory.Proofs.Add(proof);
        return pen.Prove(moment, proof);
    }

    public static string Prove(this Pen pen, in Moment moment, ShownProof proof) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Purpose = proof.Purpose,
                Contract = "ProofVerifier",
                Method = "verifyProof",
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(214_000),
                Arguments =
                [
                    Argument.Text(Names.ProofHash, proof.ProofHash),
                    Argument.Text(Names.Nullifier, proof.Nullifier),
                    Argument.Text(Names.VerificationKeyId, pen.Scene.Network.VerificationKeyOf(moment.Actor)),
                    // A proof fails now and then: a stale witness, a wrong input.
                    Argument.Flag(Names.Valid, !pen.Random.Chance(0.012)),
                ],
            },
            moment.At);

    /// <summary>mint, transfer or redeem.</summary>
    public static string Token(
        this Pen pen, in Moment moment, string method, double amount, (string To, string DatasetId) what) =>
        Settle(pen, moment, ("DataToken", method), amount,
            [Argument.Text(Names.To, what.To), Argument.Text(Names.DatasetId, what.DatasetId)]);

    /// <summary>fund, release or refund.</summary>
    public static string Escrow(this Pen pen, in Moment moment, string method, Deal deal) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Amount = deal.Amount,
                Contract = "Escrow",
                Method = method,
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(58_000),
                Arguments = deal.GrantId is { } grantId
                    ? [Argument.Text(Names.EscrowId, deal.EscrowId), Argument.Text(Names.Payee, deal.Payee),
                       Argument.Text(Names.GrantId, grantId)]
                    : [Argument.Text(Names.EscrowId, deal.EscrowId), Argument.Text(Names.Payee, deal.Payee)],
            },
            moment.At);

    public static string SubmitClaim(this Pen pen, in Moment moment, Claim claim) =>
        OnClaim(pen, moment, claim, "submitClaim", claim.Amount,
            [Argument.Text(Names.ClaimId, claim.Id), Argument.Text(Names.EncounterId, claim.EncounterId),
             Argument.Text(Names.Code, claim.Code)]);

    public static string Adjudicate(this Pen pen, in Moment moment, Claim claim, string outcome) =>
        OnClaim(pen, moment, claim, "adjudicate", null,
            [Argument.Text(Names.ClaimId, claim.Id), Argument.Text(Names.Outcome, outcome)]);

    public static string Pay(this Pen pen, in Moment moment, Claim claim) =>
        OnClaim(pen, moment, claim, "pay", claim.Amount,
            [Argument.Text(Names.ClaimId, claim.Id), Argument.Text(Names.Payee, pen.Scene.Network.TreasuryOf(claim.Payee))]);

    private static string OnClaim(Pen pen, in Moment moment, Claim claim, string method, double? amount, Argument[] arguments) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = claim.Patient.Id,
                Amount = amount,
                Contract = "ClaimsLedger",
                Method = method,
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(49_000),
                Arguments = arguments,
            },
            moment.At);

    private static string Settle(
        Pen pen, in Moment moment, (string Contract, string Method) call, double amount, Argument[] arguments) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Amount = amount,
                Contract = call.Contract,
                Method = call.Method,
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(55_000),
                Arguments = arguments,
            },
            moment.At);
}
