using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Acts;

/// <summary>Transactions that concern no patient: nodes, identities, models, governance.</summary>
internal static class PlainActs
{
    public static string ProposeNode(this Pen pen, in Moment moment, Node node) =>
        Call(pen, moment, "NodeRegistry", "proposeNode",
        [
            Argument.Text(Names.NodeId, node.Id),
            Argument.Text(Names.NodeOrganization, node.Home.Id),
            Argument.Text(Names.Fingerprint, node.Fingerprint),
        ]);

    public static string AdmitNode(this Pen pen, in Moment moment, Node node) => Membership(pen, moment, node, "admitNode");

    public static string RemoveNode(this Pen pen, in Moment moment, Node node) => Membership(pen, moment, node, "removeNode");

    public static string Vote(this Pen pen, in Moment moment, Node about, bool approve) =>
        Call(pen, moment, "NodeRegistry", "vote", [Argument.Text(Names.NodeId, about.Id), Argument.Flag(Names.Approve, approve)]);

    public static string Heartbeat(this Pen pen, in Moment moment) =>
        Call(pen, moment, "NodeRegistry", "heartbeat", [Argument.Text(Names.Version, moment.Node.Version)]);

    public static string CreateDid(this Pen pen, in Moment moment, Account account) =>
        Call(pen, moment, "IdentityRegistry", "createDid", [Argument.Text(Names.Did, account.Did)]);

    public static string RotateKey(this Pen pen, in Moment moment, Account account)
    {
        account.KeyNumber++;
        var algorithm = pen.Random.Chance(0.8) ? "secp256k1" : "ed25519";
        return Call(pen, moment, "IdentityRegistry", "rotateKey",
        [
            Argument.Text(Names.Did, account.Did),
            Argument.Text(Names.KeyId, $"key-{account.KeyNumber}"),
            Argument.Text(Names.Algorithm, algorithm),
        ]);
    }

    public static string AddDelegate(this Pen pen, in Moment moment, Account account, string delegateDid) =>
        Call(pen, moment, "IdentityRegistry", "addDelegate",
            [Argument.Text(Names.Did, account.Did), Argument.Text(Names.Delegate, delegateDid)]);

    public static string IssueCredential(this Pen pen, in Moment moment, Account holder)
    {
        holder.CredentialId = pen.Scene.Ids.Next("vc");
        return Call(pen, moment, "IdentityRegistry", "issueCredential",
        [
            Argument.Text(Names.CredentialId, holder.CredentialId),
            Argument.Text(Names.Holder, holder.Did),
            Argument.Text(Names.Role, holder.RoleName),
        ]);
    }

    public static string RevokeCredential(this Pen pen, in Moment moment, Account holder, string credentialId) =>
        Call(pen, moment, "IdentityRegistry", "revokeCredential",
            [Argument.Text(Names.CredentialId, credentialId), Argument.Text(Names.Holder, holder.Did)]);

    public static string SetRole(this Pen pen, in Moment moment, Account holder, string role) =>
        Call(pen, moment, "IdentityRegistry", "setRole",
            [Argument.Text(Names.Holder, holder.Did), Argument.Text(Names.Role, role)]);

    /// <summary>A call of the Governance contract.</summary>
    public static string Govern(this Pen pen, in Moment moment, string method, params Argument[] arguments) =>
        Call(pen, moment, "Governance", method, arguments);

    /// <summary>A call of the ModelRegistry contract.</summary>
    public static string Model(this Pen pen, in Moment moment, string method, params Argument[] arguments) =>
        Call(pen, moment, "ModelRegistry", method, arguments);

    private static string Membership(Pen pen, in Moment moment, Node node, string method) =>
        Call(pen, moment, "NodeRegistry", method,
            [Argument.Text(Names.NodeId, node.Id), Argument.Text(Names.NodeOrganization, node.Home.Id)]);

    private static string Call(Pen pen, in Moment moment, string contract, string method, Argument[] arguments) =>
        pen.Write(
            new LedgerRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Contract = contract,
                Method = method,
                TransactionHash = pen.NewTransaction(),
                GasUsed = pen.Gas(method == "heartbeat" ? 24_000 : 52_000),
                Arguments = arguments,
            },
            moment.At);
}
