// A client of the webhook that shares no code with it: Kubernetes' own admission types and the JSON patch library of its API server.
// main URL CA-FILE: reads a change a line, {"operation","object","oldObject"}, and writes what became of it a line, {"object"} as it would be
// stored or {"refused"} with the message. Anything that is not as the types and the protocol say ends it with 1.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/uuid"
)

type change struct {
	Operation admissionv1.Operation `json:"operation"`
	Object    json.RawMessage       `json:"object"`
	OldObject json.RawMessage       `json:"oldObject"`
}

type result struct {
	Object  json.RawMessage `json:"object,omitempty"`
	Refused string          `json:"refused,omitempty"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(url, caFile string) error {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return fmt.Errorf("no certificate in %s", caFile)
	}
	client := &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true},
	}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked change
		if err := in.Decode(&asked); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		became, err := admit(client, url, asked)
		if err != nil {
			return err
		}
		if err := out.Encode(became); err != nil {
			return err
		}
	}
}

// admit does as the API server does: the mutating webhook first, the validating one on what came of it.
func admit(client *http.Client, url string, asked change) (*result, error) {
	mutated, err := call(client, url+"/mutate?timeout=10s", asked)
	if err != nil {
		return nil, err
	}
	if !mutated.Allowed {
		return &result{Refused: mutated.Result.Message}, nil
	}
	if len(mutated.Patch) > 0 {
		if mutated.PatchType == nil || *mutated.PatchType != admissionv1.PatchTypeJSONPatch {
			return nil, fmt.Errorf("a patch of type %v", mutated.PatchType)
		}
		patch, err := jsonpatch.DecodePatch(mutated.Patch)
		if err != nil {
			return nil, err
		}
		if asked.Object, err = patch.Apply(asked.Object); err != nil {
			return nil, err
		}
	}
	validated, err := call(client, url+"/validate?timeout=10s", asked)
	if err != nil {
		return nil, err
	}
	if len(validated.Patch) > 0 {
		return nil, fmt.Errorf("a patch from a validating webhook")
	}
	if !validated.Allowed {
		return &result{Refused: validated.Result.Message}, nil
	}
	return &result{Object: asked.Object}, nil
}

func call(client *http.Client, url string, asked change) (*admissionv1.AdmissionResponse, error) {
	dryRun := false
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Request: &admissionv1.AdmissionRequest{
			UID:       uuid.NewUUID(),
			Kind:      metav1.GroupVersionKind{Group: "nvidia.com", Version: "v1alpha1", Kind: "DynamoGraphDeployment"},
			Resource:  metav1.GroupVersionResource{Group: "nvidia.com", Version: "v1alpha1", Resource: "dynamographdeployments"},
			Name:      "d",
			Namespace: "ns",
			Operation: asked.Operation,
			UserInfo:  authenticationv1.UserInfo{Username: "somebody"},
			Object:    runtime.RawExtension{Raw: asked.Object},
			OldObject: runtime.RawExtension{Raw: asked.OldObject},
			DryRun:    &dryRun,
		},
	}
	body, err := json.Marshal(review)
	if err != nil {
		return nil, err
	}
	reply, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	said, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d %v: %s", reply.StatusCode, err, said)
	}
	var answered admissionv1.AdmissionReview
	strict := json.NewDecoder(bytes.NewReader(said))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&answered); err != nil {
		return nil, fmt.Errorf("%w in %s", err, said)
	}
	if answered.TypeMeta != review.TypeMeta || answered.Response == nil || answered.Response.UID != review.Request.UID {
		return nil, fmt.Errorf("no answer to this review: %s", said)
	}
	return answered.Response, nil
}
