using Terradev.DatasetRegistry;
using Terradev.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("datasetregistry");
builder.AddDatasetRegistry();
builder.AddBus();

var app = builder.Build();
app.MapServiceDefaults();
app.MapDatasetRegistry();
app.Run();
