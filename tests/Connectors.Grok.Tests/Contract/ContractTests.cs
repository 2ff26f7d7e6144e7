using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Contract;

/// <summary>
/// The part of xAI's API that this client relies on, as a file that a machine can read. Set <c>GROK_OPENAPI</c> to the path of a copy of xAI's
/// openapi.json to see what differs from it.
/// </summary>
public partial class ContractTests(ITestOutputHelper output)
{
    private const string Variable = "GROK_OPENAPI";

    private static readonly ContractFile Contract = ContractFile.Read();

    [Fact]
    public async Task Contract_names_the_members_of_the_records()
    {
        var records = Contract.WithRecords();
        if (records != (await File.ReadAllTextAsync(ContractFile.PathOfFile, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"))
        {
            var received = Path.ChangeExtension(ContractFile.PathOfFile, ".received.json");
            await File.WriteAllTextAsync(received, records, TestContext.Current.CancellationToken);
            Assert.Fail($"The records and Contract/relied-on.json differ. Compare it with {received}, and replace it if the change is intended.");
        }
    }

    [Fact]
    public async Task Contract_names_the_routes_that_the_client_calls()
    {
        var handler = new Recorder();
        using var chat = new GrokChatClient(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint }, new HttpClient(handler));
        var responses = chat.GetService(typeof(GrokResponsesClient)) as GrokResponsesClient ?? throw new InvalidOperationException();
        var files = (GrokFileClient)chat.GetService(typeof(GrokFileClient))!;
        var request = new CreateResponseRequest { Model = "m", Input = [new MessageItem { Role = "user" }] };
        await responses.CreateAsync(request);
        await responses.GetAsync("ID");
        await responses.DeleteAsync("ID");
        await responses.ListInputItemsAsync("ID", "a", descending: true, pageSize: 1).ToListAsync();
        await responses.CompactAsync(new() { Model = "m", Input = request.Input });
        await responses.ListModelsAsync();
        await responses.ListLanguageModelsAsync();
        await responses.GetLanguageModelAsync("ID");
        await responses.TokenizeAsync("m", "t");
        await responses.GetAccountAsync();
        await files.UploadAsync(new MemoryStream([1]), null, "a", new() { ExpiresAfter = TimeSpan.FromHours(1), Purpose = "p" });
        await files.ListAsync(new() { PageSize = 1, Filter = "f" }).ToListAsync();
        await files.GetAsync("ID");
        await (await files.DownloadAsync("ID")).DisposeAsync();
        await files.DeleteAsync("ID");
        // A public method of these clients that calls another route belongs into this test and into the file.
        Assert.Equal(18, typeof(GrokResponsesClient).GetMethods().Concat(typeof(GrokFileClient).GetMethods()).Count(static m => m.Name.EndsWith("Async", StringComparison.Ordinal)));

        static string Line(ContractRoute route) => $"{route.Method} {route.Path} ({string.Join(',', route.Query.Order(StringComparer.Ordinal))}) ({string.Join(',', route.Form.Order(StringComparer.Ordinal))})";
        // The first page of files is asked for without a token.
        var called = handler.Routes.GroupBy(static r => (r.Method, r.Path)).Select(static g => g.First() with { Query = [.. g.SelectMany(static r => r.Query).Distinct()] });
        Assert.Equal(Contract.Routes.Select(Line).Order(StringComparer.Ordinal), called.Select(Line).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Contract_differs_from_the_OpenAPI_document_of_xAI_only_where_it_says_so()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path)
        {
            Assert.Skip($"{Variable} is not set. Set it to the path of a copy of xAI's openapi.json, such as spec/openapi.json of xai-org/xai-sdk-ts, to compare it with Contract/relied-on.json.");
            return;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var differences = OpenApiComparison.Run(Contract, document.RootElement);
        foreach (var difference in differences)
        {
            output.WriteLine(Contract.Known.TryGetValue(difference, out var reason) ? $"known: {difference} ({reason})" : $"DIFFERS: {difference}");
        }

        foreach (var gone in Contract.Known.Keys.Except(differences))
        {
            output.WriteLine($"NO LONGER DIFFERS: {gone}");
        }

        output.WriteLine($"{differences.Count} differences, {differences.Count(Contract.Known.ContainsKey)} of them known.");
        Assert.DoesNotContain(differences, d => !Contract.Known.ContainsKey(d));
        Assert.Equal([], Contract.Known.Keys.Except(differences));
    }

    [Fact]
    public void Comparison_reports_each_kind_of_difference()
    {
        var contract = new ContractFile(
            """
            {"routes":[{"method":"POST","path":"/v1/things","sends":"Thing","reads":"Thing"},{"method":"GET","path":"/v1/things/{id}","query":["limit"],"reads":"Page"},
                       {"method":"GET","path":"/v1/gone","reads":"Thing"},{"method":"POST","path":"/v1/files","form":["file","colour"],"reads":"bytes"}],
             "objects":{"Thing":{"id":"string","size":"integer","ratio":"number","inner":"Inner","odd":"string","free":"any"},"Inner":{"a":"boolean"},"Page":{"data":"Union[]"},"A":{"x":"string"},"B":{"y":"string"}},
             "unions":{"Union":{"a":"A","b":"B"}},"schemas":{"X":"a","Y":"b"},"known":{}}
            """);
        using var document = JsonDocument.Parse(
            """
            {"paths":{"/v1/things":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/T"}}}},"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/T"}}}}}}},
                      "/v1/things/{thing_id}":{"get":{"parameters":[{"name":"after","in":"query"},{"name":"thing_id","in":"path"}],"responses":{"200":{"content":{"application/json":{"schema":{"properties":{"data":{"type":"array","items":{"oneOf":[{"$ref":"#/components/schemas/X"},{"$ref":"#/components/schemas/Y"}]}}}}}}}}}},
                      "/v1/files":{"post":{"requestBody":{"content":{"multipart/form-data":{"schema":{"type":"object","properties":{"file":{}}}}}},"responses":{"200":{}}}}},
             "components":{"schemas":{"T":{"type":"object","properties":{"id":{"type":["string","null"]},"size":{"type":"string"},"ratio":{"type":"integer"},"inner":{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/I"}]},"free":{"type":"array"},"colour":{"type":"string"}}},
               "I":{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"boolean"}}},
               "X":{"type":"object","properties":{"type":{"type":"string"},"x":{"type":"string"}}},"Y":{"type":"object","properties":{"type":{"type":"string"},"z":{"type":"string"}}}}}}
            """);
        Assert.Equal(
            [
                "POST /v1/things sends Thing.inner.b: new in the document",
                "POST /v1/things sends Thing.odd: not in the document",
                "POST /v1/things sends Thing.size: integer here, string in the document",
                "POST /v1/things sends Thing.colour: new in the document",
                "GET /v1/things/{id}: the query value 'limit' is not in the document",
                "GET /v1/things/{id}: the query value 'after' is new",
                "GET /v1/things/{id} reads Page.data[b].y: not in the document",
                "GET /v1/things/{id} reads Page.data[b].z: new in the document",
                "GET /v1/gone: the route is gone",
                "POST /v1/files: the part 'colour' of the form is not in the document",
            ],
            OpenApiComparison.Run(contract, document.RootElement));
    }

    [Fact]
    public void Comparison_compares_each_case_of_a_union_and_each_value()
    {
        var contract = new ContractFile(
            """
            {"routes":[{"method":"POST","path":"/v1/things","sends":"Thing","reads":"Things"}],
             "objects":{"Thing":{"items":"Item[]","tier":"string","state":"string"},"Things":{"items":"Item[]"},"Text":{"type":"string","text":"string","role":"string"},"Image":{"type":"string","url":"string"},"Call":{"type":"string","name":"string"},"Old":{"type":"string"}},
             "unions":{"Item":{"text":"Text","image":"Image","call":"Call","old":"Old"},"Other":{"a":"Old"}},
             "schemas":{"Item":"text","CallItem":"call"},"values":{"Thing.tier":["low","high","auto"]},"known":{}}
            """);
        using var document = JsonDocument.Parse(
            """
            {"paths":{"/v1/things":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/T"}}}},"responses":{"200":{"content":{"application/json":{"schema":{"type":"object","properties":
                {"items":{"type":"array","items":{"allOf":[{"$ref":"#/components/schemas/Item"},{"type":"object","properties":{"id":{"type":"string"}}}]}}}}}}}}}}},
             "components":{"schemas":{
               "T":{"type":"object","properties":{"items":{"oneOf":[{"type":"string"},{"type":"array","items":{"$ref":"#/components/schemas/Item"}}]},"tier":{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/Tier"}]},"state":{"enum":["on",null]}}},
               "Tier":{"type":"string","enum":["low","high","fast"]},
               "Item":{"oneOf":[{"type":"object","properties":{"type":{"type":["string","null"]},"text":{"type":"string"}}},
                 {"allOf":[{"$ref":"#/components/schemas/CallItem"}]},
                 {"type":"object","properties":{"type":{"enum":["image"]},"url":{"type":"string"},"text":{"type":"string"}}},
                 {"allOf":[{"$ref":"#/components/schemas/Options"},{"type":"object","properties":{"type":{"enum":["shell"]}}}]},
                 {"$ref":"#/components/schemas/Unnamed"},true]},
               "CallItem":{"type":"object","properties":{"type":{"type":"string"},"name":{"type":"string"}}},
               "Options":{"type":"object","properties":{"text":{"type":"string"}}},
               "Unnamed":{"type":"object","properties":{"text":{"type":"string"}}}}}}
            """);
        // An image with a text is found although a text has one too, and a new case although its members are known. Each is reported once.
        Assert.Equal(
            [
                "POST /v1/things sends Thing.items[text].role: not in the document",
                "POST /v1/things sends Thing.items[image].text: new in the document",
                "POST /v1/things sends Thing.items[shell]: new in the document",
                "POST /v1/things sends Thing.items[Unnamed]: new in the document",
                "POST /v1/things sends Thing.state: the value 'on' is new in the document",
                "POST /v1/things sends Thing.tier: the value 'fast' is new in the document",
                "POST /v1/things sends Thing.tier: the value 'auto' is not in the document",
                "POST /v1/things reads Things.items[text].id: new in the document",
                "POST /v1/things reads Things.items[call].id: new in the document",
                "POST /v1/things reads Things.items[image].id: new in the document",
                "Item[old]: not in the document",
            ],
            OpenApiComparison.Run(contract, document.RootElement));
    }

    [GeneratedRegex("form-data; name=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormNames();

    /// <summary>Records routes, and answers each of them.</summary>
    private sealed class Recorder : HttpMessageHandler
    {
        public List<ContractRoute> Routes { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var query = request.RequestUri!.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static p => p.Split('=')[0]).ToList();
            var form = FormNames().Matches(body).Select(static m => m.Groups[1].Value).ToList();
            var path = string.Join('/', request.RequestUri.AbsolutePath.Split('/').Select(static s => s == "ID" ? "{id}" : s));
            Routes.Add(new(request.Method.Method, path, query, form, null, null));
            // The second page of the files needs a token, and the first one to be full.
            var answer = path == "/v1/files" && request.Method == HttpMethod.Get && query.Contains("pagination_token") ? "{}"
                : path == "/v1/files" && request.Method == HttpMethod.Get ? """{"data":[{"id":"f"}],"pagination_token":"t"}"""
                : path.EndsWith("/compact", StringComparison.Ordinal) ? """{"output":[{"type":"compaction","id":"c","encrypted_content":"b"}]}"""
                : path.Contains("/responses", StringComparison.Ordinal) ? Some.Answer(Some.Message("ok"))
                : """{"id":"f"}""";
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json"), RequestMessage = request };
        }
    }
}
