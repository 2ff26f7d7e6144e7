namespace Connectors.Grok.Sqlite;

/// <summary>
/// All SQL statements of the store. Rows reference each other by integer keys; ids are looked up once per call. Write transactions run one
/// at a time (<c>begin immediate</c>), so the result of a read still holds when the next statement of the transaction writes.
/// </summary>
internal static class Sql
{
    public const string Begin = "begin immediate";
    public const string Commit = "commit";

    /// <summary>The application id and schema version of the file, and the number of its tables and indexes.</summary>
    public const string FileHeader = "select application_id, user_version, (select count(*) from sqlite_schema) from pragma_application_id, pragma_user_version";

    /// <summary>The schema, one entry per version. Entries never change once released; new ones are added at the end.</summary>
    public static readonly string[] Migrations =
    [
        """
        create table conversations (
          key integer primary key,
          tenant text not null,
          name text not null,
          head integer null references turns (key) deferrable initially deferred,
          created integer not null, -- ticks of 100 ns since the year 1, UTC
          updated integer not null,
          unique (tenant, name));
        create table turns (
          key integer primary key,
          tenant text not null,
          id text not null,
          parent integer null references turns (key) deferrable initially deferred,
          owner integer not null references conversations (key) deferrable initially deferred,
          depth integer not null,
          response text null,
          stored_responses text not null, -- a JSON array
          is_stored integer not null,
          is_rebuilt integer not null,
          model text null,
          created integer not null,
          expires integer null,
          instructions text null,
          input_tokens integer not null,
          output_tokens integer not null,
          cost integer not null,
          total_cost integer not null,
          content blob not null,
          unique (tenant, id));
        create index conversations_head on conversations (head) where head is not null;
        create index conversations_updated on conversations (updated);
        create index turns_parent on turns (parent) where parent is not null;
        create index turns_owner on turns (owner);
        """,
    ];

    public const string Find = """
        select c.tenant, c.name, h.id, c.created, c.updated
        from conversations c left join turns h on h.key = c.head
        where c.tenant = @tenant and c.name = @name
        """;

    public const string List = """
        select c.tenant, c.name, h.id, c.created, c.updated
        from conversations c left join turns h on h.key = c.head
        where c.tenant = @tenant
          and (@updated is null or c.updated < @updated or (c.updated = @updated and c.name > @after))
        order by c.updated desc, c.name limit @most
        """;

    private const string Columns = """
        t.id, p.id, t.depth, t.response, t.stored_responses, t.is_stored, t.is_rebuilt, t.model, t.created, t.expires, t.instructions,
        t.input_tokens, t.output_tokens, t.cost, t.total_cost, t.content
        """;

    public const string Turn = $"""
        select {Columns} from turns t left join turns p on p.key = t.parent
        where t.tenant = @tenant and t.id = @id
        """;

    public const string Path = $"""
        with recursive path (key, parent, up) as (
          select key, parent, 0 from turns where tenant = @tenant and id = @id
          union all
          select t.key, t.parent, path.up + 1 from path join turns t on t.key = path.parent)
        select {Columns} from path join turns t on t.key = path.key left join turns p on p.key = t.parent
        order by path.up desc
        """;

    private const string TreeKeys = """
        with recursive tree (key) as (
          select head from conversations where tenant = @tenant and name = @name and head is not null
          union
          select t.key from turns t join conversations c on c.key = t.owner where c.tenant = @tenant and c.name = @name
          union
          select t.parent from tree join turns t on t.key = tree.key where t.parent is not null)
        """;

    public const string Tree = $"""
        {TreeKeys}
        select {Columns} from tree join turns t on t.key = tree.key left join turns p on p.key = t.parent
        order by t.depth, t.key
        """;

    /// <summary>The totals of the turns in a conversation's tree: one row for the turns that the conversation owns, one for shared turns.</summary>
    public const string Usage = $"""
        {TreeKeys}
        select t.owner = c.key, count(*), sum(t.input_tokens), sum(t.output_tokens), sum(t.cost)
        from tree join turns t on t.key = tree.key join conversations c on c.tenant = @tenant and c.name = @name
        group by 1
        """;

    public const string Create = """
        insert into conversations (tenant, name, head, created, updated) values (@tenant, @name, null, @now, @now)
        on conflict (tenant, name) do nothing
        """;

    /// <summary>Matches the conversation whose head is the expected turn. A null expected turn matches only an empty head; an unknown turn matches nothing.</summary>
    private const string HeadIsExpected = """
        c.tenant = @tenant and c.name = @name and (@expected is null) = (c.head is null)
        and c.head is (select key from turns where tenant = @tenant and id = @expected)
        """;

    public const string Append = $"""
        insert into turns (
          tenant, id, parent, owner, depth, response, stored_responses, is_stored, is_rebuilt, model, created, expires, instructions,
          input_tokens, output_tokens, cost, total_cost, content)
        select @tenant, @id, p.key, c.key, @depth, @response, @stored_responses, @is_stored, @is_rebuilt, @model, @created, @expires,
          @instructions, @input_tokens, @output_tokens, @cost, @total_cost, @content
        from conversations c left join turns p on p.tenant = @tenant and p.id = @parent
        where {HeadIsExpected} and (@parent is null or p.key is not null)
        """;

    public const string PointToAppended =
        "update conversations set head = last_insert_rowid(), updated = @now where tenant = @tenant and name = @name";

    public const string Move = $"""
        update conversations as c set head = (select key from turns where tenant = @tenant and id = @head), updated = @now
        where {HeadIsExpected} and (@head is null or exists (select 1 from turns where tenant = @tenant and id = @head))
        """;

    public const string Key = "select key from conversations where tenant = @tenant and name = @name";

    public const string Old = "select key from conversations where updated < @before order by updated limit @most";

    /// <summary>Reassigns the turns that another conversation still references, by its head or by a descendant turn, to that conversation.</summary>
    public const string ReassignSharedTurns = """
        with recursive kept (key, heir) as (
          select t.key, c.key from turns t join conversations c on c.head = t.key where t.owner = @key and c.key <> @key
          union
          select t.key, below.owner from turns t join turns below on below.parent = t.key where t.owner = @key and below.owner <> @key
          union
          select p.key, kept.heir from kept join turns t on t.key = kept.key join turns p on p.key = t.parent where p.owner = @key)
        update turns set owner = k.heir from (select key, min(heir) as heir from kept group by key) k where turns.key = k.key
        """;

    public const string Owned = $"""
        select {Columns} from turns t left join turns p on p.key = t.parent
        where t.owner = @key order by t.depth, t.key
        """;

    public const string DeleteName = "delete from conversations where key = @key";

    public const string DeleteOwned = "delete from turns where owner = @key";
}
