using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Which guard contract to order, through which node and as whom.</summary>
public sealed record EvmLedgerOptions
{
    /// <summary>The node, or a signer in front of it. It holds the keys of both accounts.</summary>
    public required JsonRpcOptions Node { get; init; }

    /// <summary>The guard's address, 0x-hex.</summary>
    public required string GuardAddress { get; init; }

    /// <summary>The account that contains, 0x-hex.</summary>
    public required string AutomationAccount { get; init; }

    /// <summary>The account that restores on behalf of people, 0x-hex. Never the automation's: the guard refuses one account both roles.</summary>
    public required string RestorerAccount { get; init; }

    /// <summary>
    /// The second account without which the guard restores nothing, 0x-hex. Empty when people restore by their own means; then
    /// orders to restore are refused here.
    /// </summary>
    public string SecondRestorerAccount { get; init; } = "";

    /// <summary>
    /// The node or signer that holds the second restorer's key, so that no single signer can restore alone; null for the same
    /// as <see cref="Node"/>.
    /// </summary>
    public JsonRpcOptions? SecondSigner { get; init; }

    /// <summary>
    /// On a QBFT chain: the node identifier of every validator, by account, 0x-hex. The validator set is then read from consensus
    /// itself instead of the guard. Empty reads the guard's set.
    /// </summary>
    public IReadOnlyDictionary<string, string> ValidatorNodes { get; init; } = new Dictionary<string, string>();

    /// <summary>The ledger's name for people.</summary>
    public string Name { get; init; } = "EVM ledger";

    /// <summary>How long to wait for a sent transaction before its outcome is called unknown. Default 30 s, 1 s to 10 min.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Blocks on top of an effect before it is called confirmed. Default 0, for immediate finality; 0 to 100.</summary>
    public int ConfirmationBlocks { get; init; }

    /// <summary>
    /// Gas a transaction may use. Default 3,000,000: a quarantine asks every validator of at most 128, at about 5,000 each.
    /// 100,000 to 30,000,000.
    /// </summary>
    public long GasMax { get; init; } = 3_000_000;

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range or malformed.</exception>
    public void Validate()
    {
        Node.Validate();
        Require(EvmAddress.TryParse(GuardAddress, out _), "The guard's address is malformed.");
        Require(EvmAddress.TryParse(AutomationAccount, out var automation), "The automation account is malformed.");
        Require(EvmAddress.TryParse(RestorerAccount, out var restorer), "The restorer account is malformed.");
        Require(automation != restorer, "Automation and restorer are two accounts.");
        if (SecondRestorerAccount.Length > 0)
        {
            Require(EvmAddress.TryParse(SecondRestorerAccount, out var second), "The second restorer account is malformed.");
            Require(second != automation && second != restorer, "Automation and the two restorers are three accounts.");
        }
        SecondSigner?.Validate();
        Require(ValidatorNodes.Keys.All(account => EvmAddress.TryParse(account, out _)), "A validator's account is malformed.");
        Require(ReceiptTimeout >= TimeSpan.FromSeconds(1) && ReceiptTimeout <= TimeSpan.FromMinutes(10),
            "The receipt timeout lies between 1 s and 10 min.");
        Require(ConfirmationBlocks is >= 0 and <= 100, "Confirmation blocks lie between 0 and 100.");
        Require(GasMax is >= 100_000 and <= 30_000_000, "The gas limit lies between 100,000 and 30,000,000.");
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
            throw new ArgumentException(sentence);
    }
}
