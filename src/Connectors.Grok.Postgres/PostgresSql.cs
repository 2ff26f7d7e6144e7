namespace Connectors.Grok.Postgres;

/// <summary>
/// All SQL statements of the store, for one schema. Rows are keyed by SHA-256 hashes (<see cref="RowKey"/>), because index keys are limited
/// to about 2,700 bytes, ids can be longer, and distributed databases spread hashes evenly. Foreign keys prevent concurrent calls from
/// breaking a path of turns. No statement changes a table twice, which some compatible databases reject.
/// </summary>
internal sealed class PostgresSql
{
    private const string Columns = """
        t.id, t.parent_id, t.depth, t.response, t.stored_responses, t.is_stored, t.is_rebuilt, t.model, t.created_ticks, t.expires_ticks,
        t.instructions, t.input_tokens, t.output_tokens, t.cost_ticks, t.total_cost_ticks, t.content
        """;

    public PostgresSql(string schema)
    {
        var s = '"' + schema.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        string info = $"select c.tenant, c.name, t.id, c.created_ticks, c.updated_ticks from {s}.conversations c left join {s}.turns t on t.key = c.head";

        Version = $"select version from {s}.schema_version where id = 1";
        LockVersion = Version + " for update";
        SetVersion = $"update {s}.schema_version set version = $1 where id = 1";
        CreateSchema = $"create schema if not exists {s}";
        CreateVersion = $"create table if not exists {s}.schema_version (id integer primary key, version integer not null)";
        FirstVersion = $"insert into {s}.schema_version (id, version) values (1, 0) on conflict (id) do nothing";
        Migrations = [Tables(s)];

        Find = $"{info} where c.key = $1";
        List = $"""
            {info} where c.tenant_key = $1 and ($2 is null or c.updated_ticks < $2 or (c.updated_ticks = $2 and c.key > $3))
            order by c.updated_ticks desc, c.key limit $4
            """;
        Turn = $"select {Columns} from {s}.turns t where t.key = $1";
        TurnExists = $"select 1 from {s}.turns where key = $1";
        Path = PathTo(s);
        Tree = $"""
            {TreeOf(s)}
            select {Columns} from tree join {s}.turns t on t.key = tree.key order by t.depth, t.created_ticks, t.key
            """;
        Usage = $"""
            {TreeOf(s)}
            select t.owner = $1, count(*), sum(t.input_tokens)::bigint, sum(t.output_tokens)::bigint, sum(t.cost_ticks)::bigint
            from tree join {s}.turns t on t.key = tree.key group by 1
            """;
        (MoveFirst, Move) = (PointFirst(s, "$2"), PointTo(s, "$2"));
        (AppendFirst, Append) = (Insert(s, PointFirst(s, "$7"), 7), Insert(s, PointTo(s, "$5"), 5));
        LockOne = $"update {s}.conversations set head = null where key = $1 returning key";
        LockOld = $"""
            update {s}.conversations set head = null
            where key in (select key from {s}.conversations where updated_ticks < $1 order by updated_ticks limit $2) and updated_ticks < $1
            returning key
            """;
        ReassignSharedTurns = ReassignSharedTurnsIn(s);
        DeleteTurns = $"delete from {s}.turns where owner = any($1)";
        DeleteTurnsReturning = $"delete from {s}.turns as t where t.owner = any($1) returning {Columns}";
        DeleteNames = $"delete from {s}.conversations where key = any($1)";
    }

    public string Version { get; }

    public string LockVersion { get; }

    public string SetVersion { get; }

    public string CreateSchema { get; }

    public string CreateVersion { get; }

    public string FirstVersion { get; }

    /// <summary>The schema, one entry per version. Entries never change once released; new ones are added at the end.</summary>
    public IReadOnlyList<string> Migrations { get; }

    public string Find { get; }

    public string List { get; }

    public string Turn { get; }

    public string TurnExists { get; }

    public string Path { get; }

    public string Tree { get; }

    /// <summary>The totals of the turns in a conversation's tree: one row for the turns that the conversation owns, one for shared turns.</summary>
    public string Usage { get; }

    public string MoveFirst { get; }

    public string Move { get; }

    public string AppendFirst { get; }

    public string Append { get; }

    /// <summary>Clears the conversation's head, which also locks the conversation, so that no turns can be added to it before the transaction ends.</summary>
    public string LockOne { get; }

    public string LockOld { get; }

    /// <summary>Reassigns the turns that another conversation still references, by its head or by a descendant turn, to that conversation.</summary>
    public string ReassignSharedTurns { get; }

    public string DeleteTurns { get; }

    public string DeleteTurnsReturning { get; }

    public string DeleteNames { get; }

    private static string Tables(string s) => $"""
        create table {s}.conversations (
          key bytea primary key,
          tenant_key bytea not null,
          tenant text not null,
          name text not null,
          head bytea null,
          created_ticks bigint not null,
          updated_ticks bigint not null);
        create table {s}.turns (
          key bytea primary key,
          parent bytea null constraint turns_parent references {s}.turns (key),
          owner bytea not null constraint turns_owner references {s}.conversations (key),
          id text not null,
          parent_id text null,
          depth integer not null,
          response text null,
          stored_responses text[] not null,
          is_stored boolean not null,
          is_rebuilt boolean not null,
          model text null,
          created_ticks bigint not null,
          expires_ticks bigint null,
          instructions text null,
          input_tokens bigint not null,
          output_tokens bigint not null,
          cost_ticks bigint not null,
          total_cost_ticks bigint not null,
          content bytea not null);
        alter table {s}.conversations add constraint conversations_head foreign key (head) references {s}.turns (key);
        create index conversations_tenant on {s}.conversations (tenant_key, updated_ticks);
        create index conversations_updated on {s}.conversations (updated_ticks);
        create index conversations_heads on {s}.conversations (head);
        create index turns_parents on {s}.turns (parent);
        create index turns_owners on {s}.turns (owner);
        """;

    /// <summary>Reassigns shared turns to the conversations that still reference them, before the turns of a deleted conversation are deleted.</summary>
    private static string ReassignSharedTurnsIn(string s) => $"""
            with recursive kept (key, heir) as (
              select t.key, c.key from {s}.turns t join {s}.conversations c on c.head = t.key where t.owner = any($1)
              union
              select t.key, below.owner from {s}.turns t join {s}.turns below on below.parent = t.key
              where t.owner = any($1) and below.owner <> all($1)
              union
              select p.key, kept.heir from kept join {s}.turns t on t.key = kept.key join {s}.turns p on p.key = t.parent where p.owner = any($1))
            update {s}.turns as t set owner = k.heir
            from (select distinct on (key) key, heir from kept order by key, heir) as k where t.key = k.key
            """;

    private static string PathTo(string s) => $"""
        with recursive path (key, parent, up) as (
          select key, parent, 0 from {s}.turns where key = $1
          union all
          select t.key, t.parent, path.up + 1 from path join {s}.turns t on t.key = path.parent)
        select {Columns} from path join {s}.turns t on t.key = path.key order by path.up desc
        """;

    private static string TreeOf(string s) => $"""
        with recursive tree (key) as (
          select head from {s}.conversations where key = $1 and head is not null
          union
          select key from {s}.turns where owner = $1
          union
          select t.parent from tree join {s}.turns t on t.key = tree.key where t.parent is not null)
        """;

    /// <summary>Sets the head ($2) of a conversation that does not exist or has no head, if the required turn exists.</summary>
    private static string PointFirst(string s, string required) => $"""
        insert into {s}.conversations as c (key, tenant_key, tenant, name, head, created_ticks, updated_ticks)
        select $1, $4, $5, $6, $2, $3, $3 where {Exists(s, required)}
        on conflict (key) do update set head = excluded.head, updated_ticks = excluded.updated_ticks where c.head is null
        """;

    /// <summary>Moves the head of a conversation from one turn ($4) to another ($2), if the required turn exists.</summary>
    private static string PointTo(string s, string required) =>
        $"update {s}.conversations set head = $2, updated_ticks = $3 where key = $1 and head = $4 and {Exists(s, required)}";

    private static string Exists(string s, string key) => $"({key} is null or exists (select 1 from {s}.turns where key = {key}))";

    /// <summary>Moves the head and, if that succeeded, inserts the turn, in one statement.</summary>
    private static string Insert(string s, string point, int next)
    {
        var values = string.Join(", ", Enumerable.Range(next, 17).Select(static i => "$" + i));
        return $"""
            with named as ({point} returning key)
            insert into {s}.turns (
              key, owner, parent, id, parent_id, depth, response, stored_responses, is_stored, is_rebuilt, model, created_ticks, expires_ticks,
              instructions, input_tokens, output_tokens, cost_ticks, total_cost_ticks, content)
            select $2, named.key, {values} from named
            """;
    }
}
