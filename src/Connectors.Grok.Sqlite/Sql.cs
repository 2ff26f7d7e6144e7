namespace Connectors.Grok.Sqlite;

/// <summary>
/// All SQL statements of the store. Rows reference each other by integer keys; ids are looked up once per call. Write transactions run one
/// at a time (<c>begin immediate</c>), so the result of a read still holds when the next statement of the transaction writes.
/// </summary>
internal static partial class Sql
{
    public const string Begin = "begin immediate";
    public const string Commit = "commit";

    /// <summary>The application id and schema version of the file, and the number of its tables and indexes.</summary>
    public const string FileHeader = "select application_id, user_version, (select count(*) from sqlite_schema) from pragma_application_id, pragma_user_version";

    public const string Find = """
        select c.tenant, c.name, h.id, c.created, c.updated
        from conversation_names c left join conversation_turns h on h.key = c.head
        where c.tenant = @tenant and c.name = @name
        """;

    public const string List = """
        select c.tenant, c.name, h.id, c.created, c.updated
        from conversation_names c left join conversation_turns h on h.key = c.head
        where c.tenant = @tenant and (@since is null or c.updated >= @since)
          and (@updated is null or c.updated < @updated or (c.updated = @updated and c.name > @after))
        order by c.updated desc, c.name limit @most
        """;

    private const string Columns = "t.document, t.content";

    public const string Turn = $"select {Columns} from conversation_turns t where t.tenant = @tenant and t.id = @id";

    public const string Path = $"""
        with recursive path (key, parent, up) as (
          select key, parent, 0 from conversation_turns where tenant = @tenant and id = @id
          union all
          select t.key, t.parent, path.up + 1 from path join conversation_turns t on t.key = path.parent)
        select {Columns} from path join conversation_turns t on t.key = path.key
        order by path.up desc
        """;

    private const string TreeKeys = """
        with recursive tree (key) as (
          select head from conversation_names where tenant = @tenant and name = @name and head is not null
          union
          select branch_point from conversation_names where tenant = @tenant and name = @name and branch_point is not null
          union
          select t.key from conversation_turns t join conversation_names c on c.key = t.owner where c.tenant = @tenant and c.name = @name
          union
          select t.parent from tree join conversation_turns t on t.key = tree.key where t.parent is not null)
        """;

    public const string Tree = $"""
        {TreeKeys}
        select {Columns} from tree join conversation_turns t on t.key = tree.key
        order by t.depth, t.key
        """;

    /// <summary>The totals of the turns in a conversation's tree: one row for the turns that the conversation owns, one for shared turns.</summary>
    public const string Usage = $"""
        {TreeKeys}
        select t.owner = c.key, count(*), sum(t.input_tokens), sum(t.output_tokens), sum(t.cost)
        from tree join conversation_turns t on t.key = tree.key join conversation_names c on c.tenant = @tenant and c.name = @name
        group by 1
        """;

    public const string Create = """
        insert into conversation_names (tenant, name, head, created, updated) values (@tenant, @name, null, @now, @now)
        on conflict (tenant, name) do nothing
        """;

    /// <summary>Matches the conversation whose head is the expected turn. A null expected turn matches only an empty head; an unknown turn matches nothing.</summary>
    private const string HeadIsExpected = """
        c.tenant = @tenant and c.name = @name and (@expected is null) = (c.head is null)
        and c.head is (select key from conversation_turns where tenant = @tenant and id = @expected)
        """;

    public const string Append = $"""
        insert into conversation_turns (
          tenant, id, parent, owner, trunk, depth, kind, fingerprint, answer_fingerprint, created, input_tokens, output_tokens, cost, document, content)
        select @tenant, @id, p.key, c.key, case when p.owner = c.key then p.trunk else p.key end, @depth, @kind, @fingerprint,
          @answer_fingerprint, @created, @input_tokens, @output_tokens, @cost, @document, @content
        from conversation_names c left join conversation_turns p on p.tenant = @tenant and p.id = @parent
        where {HeadIsExpected} and (@parent is null or p.key is not null)
        """;

    public const string PointToAppended = """
        update conversation_names as c set head = last_insert_rowid(), updated = @now,
          branch_point = case when @expected is not null then branch_point else coalesce(branch_point,
            (select p.key from conversation_turns p where p.tenant = @tenant and p.id = @parent and p.owner <> c.key)) end
        where c.tenant = @tenant and c.name = @name
        """;

    public const string Move = $"""
        update conversation_names as c set head = (select key from conversation_turns where tenant = @tenant and id = @head), updated = @now,
          branch_point = case when @expected is not null then branch_point else coalesce(branch_point,
            (select t.key from conversation_turns t where t.tenant = @tenant and t.id = @head and t.owner <> c.key)) end
        where {HeadIsExpected} and (@head is null or exists (select 1 from conversation_turns where tenant = @tenant and id = @head))
        """;

    /// <summary>Replaces a turn's document and content. The document keeps the parent and the depth that the row has.</summary>
    public const string Replace = """
        update conversation_turns as t set kind = @kind, fingerprint = @fingerprint, answer_fingerprint = @answer_fingerprint, created = @created,
          input_tokens = @input_tokens, output_tokens = @output_tokens, cost = @cost, content = @content,
          document = json_set(@document, '$.parent_id', (select p.id from conversation_turns p where p.key = t.parent), '$.depth', t.depth)
        where t.tenant = @tenant and t.id = @id and t.content = @replaced
        """;

    /// <summary>The key of a name; none when it is no longer as it was found.</summary>
    public const string Key = """
        select c.key from conversation_names c left join conversation_turns h on h.key = c.head
        where c.tenant = @tenant and c.name = @name and (@updated is null or (c.updated = @updated and h.id is @head))
        """;

    public const string Old = "select key from conversation_names where updated < @before order by updated limit @most";

    /// <summary>
    /// Reassigns the turns that another conversation still references, by its head, its branch point or a descendant turn, to that
    /// conversation. Turns that go to different conversations may follow each other, so each of them gets its parent as its trunk.
    /// </summary>
    public const string ReassignSharedTurns = """
        with recursive kept (key, heir) as (
          select t.key, c.key from conversation_turns t join conversation_names c on c.head = t.key where t.owner = @key and c.key <> @key
          union
          select t.key, c.key from conversation_turns t join conversation_names c on c.branch_point = t.key where t.owner = @key and c.key <> @key
          union
          select t.key, below.owner from conversation_turns t join conversation_turns below on below.parent = t.key
          where t.owner = @key and below.owner <> @key
          union
          select p.key, kept.heir from kept join conversation_turns t on t.key = kept.key join conversation_turns p on p.key = t.parent
          where p.owner = @key),
        given (key, heir) as materialized (select key, min(heir) from kept group by key)
        update conversation_turns set owner = given.heir,
          trunk = case when (select count(distinct heir) from given) = 1 then trunk else parent end
        from given where conversation_turns.key = given.key
        """;

    public const string Owned = $"""
        select {Columns} from conversation_turns t
        where t.owner = @key order by t.depth, t.key
        """;

    public const string DeleteName = "delete from conversation_names where key = @key";

    public const string DeleteOwned = "delete from conversation_turns where owner = @key";
}
