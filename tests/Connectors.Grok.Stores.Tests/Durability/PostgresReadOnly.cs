using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>
/// The database is read-only twice: first for connections that are open already, then so that all connections are lost and the new ones are
/// opened read-only, and stay so until they are closed.
/// </summary>
internal sealed class PostgresReadOnly(PostgresServer server) : PostgresScenario(server)
{
    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        await AdministerAsync("alter system set default_transaction_read_only = on", "select pg_reload_conf()");
        await UntilRefusedAsync(ledger, Refusals, LongestSpell);
        await AdministerAsync("alter system reset default_transaction_read_only", "select pg_reload_conf()");

        await AdministerAsync(
            "alter database postgres set default_transaction_read_only = on",
            "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
        await UntilRefusedAsync(ledger, Refusals, LongestSpell);
        await AdministerAsync("alter database postgres reset default_transaction_read_only");
    }
}
