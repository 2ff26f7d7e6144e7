namespace Connectors.Grok.Postgres;

/// <summary>
/// All SQL statements of the store, for one schema. Rows are keyed by SHA-256 hashes (<see cref="RowKey"/>), because index keys are limited
/// to about 2,700 bytes, ids can be longer, and distributed databases spread hashes evenly. Foreign keys prevent concurrent calls from
/// breaking a path of turns. No statement changes a table twice, which some compatible databases reject.
/// </summary>
internal sealed class PostgresSql
{
    private const string Columns = "t.document, t.content";

    public PostgresSql(string schema)
    {
        var s = Quote(schema);
        var table = $"{s}.conversation_turns".Replace("'", "''", StringComparison.Ordinal);
        string info = $"select c.tenant, c.name, t.id, c.created_ticks, c.updated_ticks, c.title from {s}.conversation_names c left join {s}.conversation_turns t on t.key = c.head";

        Version = $"select version from {s}.schema_version where id = 1";
        LockVersion = Version + " for update";
        SetVersion = $"update {s}.schema_version set version = $1 where id = 1";
        SchemaExists = "select 1 from pg_namespace where nspname = $1";
        CreateSchema = $"create schema if not exists {s}";
        CreateVersion = $"create table if not exists {s}.schema_version (id integer primary key, version integer not null)";
        FirstVersion = $"insert into {s}.schema_version (id, version) values (1, 0) on conflict (id) do nothing";
        Migrations = PostgresMigrations.For(s);

        Find = $"{info} where c.key = $1";
        (LookUp, LookUpHistory) = (PostgresLookUp.Head(s), PostgresLookUp.History(s));
        (List, ListAfter) = (PostgresPages.First(s), PostgresPages.After(s));
        Turn = $"select {Columns} from {s}.conversation_turns t where t.key = $1";
        TurnExists = $"select 1 from {s}.conversation_turns where key = $1";
        Path = PathTo(s);
        Tree = $"""
            {TreeOf(s)}
            select {Columns} from tree join {s}.conversation_turns t on t.key = tree.key order by t.depth, t.created_ticks, t.key
            """;
        Outline = $"""
            {TreeOf(s)}
            select t.document, ''::bytea from tree join {s}.conversation_turns t on t.key = tree.key order by t.depth, t.created_ticks, t.key
            """;
        SetTitle = $"update {s}.conversation_names set title = $2 where key = $1";
        Usage = UsageOf(s);
        (MoveFirst, Move) = (PointFirst(s, "$2"), PointTo(s, "$2"));
        (AppendFirst, Append) = (Insert(s, PointFirst(s, "$7"), 7), Insert(s, PointTo(s, "$5"), 5));
        (AddFirst, Add) = (Insert(s, PointFirst(s, "$7", "null::bytea"), 7), Insert(s, PointTo(s, "$5", "head"), 5));
        Replace = ReplaceIn(s);
        (LockOne, Old, LockOld) = (PostgresDelete.LockOne(s), PostgresDelete.Old(s), PostgresDelete.LockOld(s));
        (Doomed, GiveBelow, LeaveBranchPoint) = (PostgresDelete.Doomed(s), PostgresDelete.GiveBelow(s), PostgresDelete.LeaveBranchPoint(s));
        (Kept, Reassign) = (PostgresDelete.Kept(s), PostgresDelete.Reassign(s));
        (Delete, DeleteReturning) = (PostgresDelete.Delete(s, "1"), PostgresDelete.Delete(s, Columns));
        (ImportName, ImportTurns, ImportHead, IsImported) = (PostgresImport.Name(s), PostgresImport.Turns(s), PostgresImport.Head(s), PostgresImport.IsImported(s));
        Check = $"""
            select version, current_setting('transaction_read_only'), has_table_privilege(current_user, '{table}', 'insert') from {s}.schema_version
            where id = 1
            """;
    }

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public string Version { get; }

    public string LockVersion { get; }

    public string SetVersion { get; }

    public string SchemaExists { get; }

    public string CreateSchema { get; }

    public string CreateVersion { get; }

    public string FirstVersion { get; }

    /// <summary>The schema, one entry per version. Entries never change once released; new ones are added at the end.</summary>
    public IReadOnlyList<string> Migrations { get; }

    public string Find { get; }

    /// <summary>A name with its head.</summary>
    public string LookUp { get; }

    /// <summary>A name with its head, the turn with the last of the fingerprints, and whether the tree holds one of the answers or turns.</summary>
    public string LookUpHistory { get; }

    public string List { get; }

    public string ListAfter { get; }

    public string Turn { get; }

    public string TurnExists { get; }

    public string Path { get; }

    public string Tree { get; }

    /// <summary>The tree without the contents of its turns.</summary>
    public string Outline { get; }

    public string SetTitle { get; }

    /// <summary>The totals of the turns in a conversation's tree: one row for the turns that the conversation owns, one for shared turns.</summary>
    public string Usage { get; }

    public string MoveFirst { get; }

    public string Move { get; }

    public string AppendFirst { get; }

    public string Append { get; }

    /// <summary>Adds a turn to a conversation that does not exist or has no head, without pointing it there.</summary>
    public string AddFirst { get; }

    /// <summary>Adds a turn without moving the head.</summary>
    public string Add { get; }

    /// <summary>Replaces a turn's document and content. The document keeps the parent and the depth that the row has.</summary>
    public string Replace { get; }

    /// <summary>Locks a conversation, if it is as it was found, so that no turns can be added to it before the transaction ends.</summary>
    public string LockOne { get; }

    /// <summary>The conversations that were last changed before a moment, the oldest first, each with the number of its turns.</summary>
    public string Old { get; }

    public string LockOld { get; }

    /// <summary>The turns of deleted conversations that others still need.</summary>
    public string Kept { get; }

    public string Reassign { get; }

    /// <summary>Creates a conversation that takes over the turns to remove.</summary>
    public string Doomed { get; }

    public string GiveBelow { get; }

    public string LeaveBranchPoint { get; }

    /// <summary>Deletes conversations with all their turns, in one statement, so that neither references the other at its end.</summary>
    public string Delete { get; }

    public string DeleteReturning { get; }

    public string ImportName { get; }

    public string ImportTurns { get; }

    public string ImportHead { get; }

    public string IsImported { get; }

    /// <summary>The version of the schema, whether the connection is read-only, and whether the user may insert turns.</summary>
    public string Check { get; }

    private static string PathTo(string s) => $"""
        with recursive path (key, parent, up) as (
          select key, parent, 0 from {s}.conversation_turns where key = $1
          union all
          select t.key, t.parent, path.up + 1 from path join {s}.conversation_turns t on t.key = path.parent)
        select {Columns} from path join {s}.conversation_turns t on t.key = path.key order by path.up desc
        """;

    private static string UsageOf(string s) => $"""
        {TreeOf(s)}
        select t.owner = $1, count(*), sum(t.input_tokens)::bigint, sum(t.output_tokens)::bigint, sum(t.cost_ticks)::bigint, coalesce(sum(d.cached), 0)::bigint,
          case when bool_or(d.cached > 0 and d.saved is null) then null else coalesce(sum(d.saved), 0)::bigint end
        from tree join {s}.conversation_turns t on t.key = tree.key
        cross join lateral (
          select (j.document ->> 'cached_input_tokens')::bigint, (j.document ->> 'cache_savings_in_usd_ticks')::bigint from (select t.document::json) j (document)
        ) d (cached, saved)
        group by 1
        """;

    private static string TreeOf(string s) => $"""
        with recursive tree (key) as (
          select head from {s}.conversation_names where key = $1 and head is not null
          union
          select branch_point from {s}.conversation_names where key = $1 and branch_point is not null
          union
          select key from {s}.conversation_turns where owner = $1
          union
          select t.parent from tree join {s}.conversation_turns t on t.key = tree.key where t.parent is not null)
        """;

    /// <summary>
    /// Sets the head of a conversation that does not exist or has no head, if the required turn exists. When the required turn
    /// belongs to another conversation, it becomes the branch point, unless there is one.
    /// </summary>
    private static string PointFirst(string s, string required, string head = "$2") => $"""
        insert into {s}.conversation_names as c (key, tenant_key, tenant, name, head, branch_point, created_ticks, updated_ticks)
        select $1, $4, $5, $6, {head}, {required}, $3, $3 where {Exists(s, required)}
        on conflict (key) do update set head = excluded.head, updated_ticks = excluded.updated_ticks, branch_point = coalesce(
          c.branch_point, (select t.key from {s}.conversation_turns t where t.key = excluded.branch_point and t.owner <> c.key))
        where c.head is null
        """;

    /// <summary>Moves the head of a conversation from one turn ($4) to another, if the required turn exists.</summary>
    private static string PointTo(string s, string required, string head = "$2") =>
        $"update {s}.conversation_names set head = {head}, updated_ticks = $3 where key = $1 and head = $4 and {Exists(s, required)}";

    private static string Exists(string s, string key) => $"({key} is null or exists (select 1 from {s}.conversation_turns where key = {key}))";

    /// <summary>Moves the head and, if that succeeded, inserts the turn, in one statement.</summary>
    private static string Insert(string s, string point, int next)
    {
        var parent = "$" + next;
        var values = string.Join(", ", Enumerable.Range(next + 1, TurnRow.ColumnCount - 1).Select(static i => "$" + i));
        return $"""
            with named as ({point} returning key)
            insert into {s}.conversation_turns (
              key, owner, trunk, parent, id, depth, kind, fingerprint, answer_fingerprint, created_ticks, input_tokens, output_tokens, cost_ticks,
              document, content)
            select $2, named.key, case when p.owner = named.key then p.trunk else p.key end, {parent}, {values}
            from named left join {s}.conversation_turns p on p.key = {parent}
            """;
    }

    private static string ReplaceIn(string s) => $"""
        update {s}.conversation_turns as t set kind = $3, fingerprint = $4, answer_fingerprint = $5, created_ticks = $6, input_tokens = $7,
          output_tokens = $8, cost_ticks = $9, content = $11,
          document = ($10::jsonb || jsonb_build_object(
            'parent_id', (select p.id from {s}.conversation_turns p where p.key = t.parent), 'depth', t.depth))::text
        where t.key = $1 and t.content = $2
        """;
}
